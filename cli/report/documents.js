/* SPDX-License-Identifier: Apache-2.0 */
/* The sections about the config, the history, the digests and the manifest. */

function words(list) {
	return Array.isArray(list) && list.length ? code(JSON.stringify(list)) :
						    null;
}

function lines(list) {
	return list.length ?
		el('ul', {class: 'plain'},
			list.map((text) => el('li', null, code(text)))) :
		null;
}

/* "NAME=VALUE" of each member. */
function pairs(object) {
	return object && typeof object === 'object' ?
		Object.keys(object).sort().map(
			(name) => name + '=' + object[name]) :
		[];
}

function strings(list) {
	return Array.isArray(list) ? list.map(String) : [];
}

function keys(object) {
	return object && typeof object === 'object' ?
		Object.keys(object).sort() :
		[];
}

function configSection(image, config) {
	const c = config && config.config && typeof config.config === 'object' ?
		config.config :
		{};
	const text = (value) => value ? code(String(value)) : null;
	const rest = config || {};

	return section('config', 'Config', facts([
		['Created', text(rest.created)],
		['Author', text(rest.author)],
		['User', text(c.User) || 'root'],
		['Entrypoint', words(c.Entrypoint)],
		['Cmd', words(c.Cmd)],
		['Working directory', text(c.WorkingDir) || code('/')],
		['Environment', lines(strings(c.Env))],
		['Ports', lines(keys(c.ExposedPorts))],
		['Volumes', lines(keys(c.Volumes))],
		['Stop signal', text(c.StopSignal)],
		[
			'Health check',
			c.Healthcheck ? words(c.Healthcheck.Test) : null
		],
		['Labels', lines(pairs(c.Labels))],
	]),
		documentDetails('The config as JSON', image.config));
}

function historySection(image, config) {
	const all =
		(config && Array.isArray(config.history) ? config.history : [])
			.filter((entry) => entry && typeof entry === 'object');
	let layer = 0;
	const rows = all.map((entry) => ({
		entry: entry,
		layer: entry.empty_layer ? 0 : ++layer
	}));

	return section('history', 'History',
		rows.length ?
			table('How the image was made, the first step first',
				[
					{
						title: 'Layer',
						cell: (r) => r.layer ?
							layerMark(image,
								r.layer) :
							'none'
					},
					{
						title: 'Made by',
						head: true,
						wide: true,
						cell: (r) => el('code',
							{class: 'lines'},
							r.entry.created_by ||
								'\u2013')
					},
					{
						title: 'Comment',
						wide: true,
						cell: (r) =>
							r.entry.comment || ''
					},
					{
						title: 'Created',
						cell: (r) =>
							r.entry.created || ''
					},
				],
				rows) :
			el('p', null, 'The config has no history.'));
}

function documentsSection(image) {
	const rows = [
		['Manifest', image.digest, null],
		['Config', image.configDigest, null],
	];

	image.layers.forEach(
		(layer, i) => rows.push(
			['Layer ' + (i + 1), layer.digest, layer.size],
			...layer.diffId && layer.diffId !== layer.digest ? [[
				'Tar of layer ' + (i + 1), layer.diffId, null
			]] :
									   []));
	return section('digests', 'Digests and manifest',
		table('Digests',
			[
				{title: 'Of', head: true, cell: (r) => r[0]},
				{
					title: 'Digest',
					wide: true,
					cell: (r) => digest(r[1], r[0])
				},
				{
					title: 'Bytes',
					number: true,
					cell: (r) =>
						r[2] === null ? '' : count(r[2])
				},
			],
			rows),
		documentDetails('The manifest as JSON', image.manifest));
}
