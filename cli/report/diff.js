/* SPDX-License-Identifier: Apache-2.0 */
/* The sections about two images. */

/* What stands where in a side of a file; cli/report_diff.c writes it. */
const TYPE = 0, MODE = 1, OWNER = 2, TIME = 3, BYTES = 4, LAYER = 5, TARGET = 6,
      XATTRS = 7;

/* What an aspect shows of a side. */
const SHOWN = {
	type: (s) => s[TYPE],
	content: (s) => count(s[BYTES]) + ' B',
	target: (s) => s[TARGET],
	device: (s) => s[TARGET],
	hardlink: (s) => s[TARGET] || 'none',
	mode: (s) => s[MODE],
	owner: (s) => s[OWNER],
	time: (s) => timeText(s[TIME]),
	xattrs: (s) => Object.entries(s[XATTRS] || {})
			       .map(([name, value]) => name + '=' + value)
			       .join(' ') ||
		'none',
};

function timeText(seconds) {
	const date = new Date(seconds * 1000);

	return Number.isNaN(date.getTime()) ?
		seconds + ' s' :
		date.toISOString().replace('.000Z', 'Z');
}

function kindOf(file) {
	return !file.a	? 'added' :
		!file.b ? 'removed' :
		file.aspects.length === 1 && file.aspects[0] === 'time' ?
			  'other time' :
			  'changed';
}

function readFiles(diff) {
	return diff.files.map(([path, bits, a, b]) => {
		const file = {
			path: path,
			a: a || null,
			b: b || null,
			aspects: Object.keys(diff.aspects)
					 .filter((name) => bits &
							 diff.aspects[name])
		};

		file.delta = (file.b ? file.b[BYTES] : 0) -
			(file.a ? file.a[BYTES] : 0);
		file.kind = kindOf(file);
		return file;
	});
}

function signedSize(bytes) {
	return (bytes > 0 ? '+' : '') + size(bytes);
}

/* "mode 0755 -> 0700", one line for each aspect. */
function aspectsOf(file) {
	if (!file.a || !file.b) {
		const side = file.a || file.b;

		return [
			side[TYPE],
			side[TARGET] ? [' \u2192 ', code(side[TARGET])] : null
		];
	}
	return el('ul', {class: 'plain'},
		file.aspects.map((name) => el('li', null, name + ' ',
					 code(SHOWN[name](file.a)), ' \u2192 ',
					 code(SHOWN[name](file.b)))));
}

function filesTable(files) {
	return table(some(files.length, 'file'),
		[
			{
				title: 'Change',
				cell: (f) => el('span', {
					class: 'change ' +
						f.kind.replace(' ', '-')
				},
					f.kind)
			},
			{
				title: 'File',
				head: true,
				wide: true,
				cell: (f) => code(f.path)
			},
			{title: 'What', wide: true, cell: aspectsOf},
			{
				title: 'Bytes in A',
				number: true,
				cell: (f) => f.a && f.a[TYPE] === 'file' ?
					size(f.a[BYTES]) :
					''
			},
			{
				title: 'Bytes in B',
				number: true,
				cell: (f) => f.b && f.b[TYPE] === 'file' ?
					size(f.b[BYTES]) :
					''
			},
			{
				title: 'Change of bytes',
				number: true,
				cell: (f) => f.delta ? signedSize(f.delta) : ''
			},
		],
		files, 50);
}

function choice(label, options, changed) {
	const list = el('select', {name: label.toLowerCase()},
		options.map(
			([value, text]) => el('option', {value: value}, text)));

	list.addEventListener('change', changed);
	return [el('label', null, label + ' ', list), list];
}

/* The table with a choice of what it shows, and in which order. */
function changesSection(diff) {
	const all = readFiles(diff);
	const kinds = ['added', 'removed', 'changed', 'other time'];
	const number = (kind) => all.filter((f) => f.kind === kind).length;
	const place = el('div');
	const update = () => {
		const chosen = all.filter(
			(f) => kind.value === 'all' || f.kind === kind.value);

		if (order.value === 'size')
			chosen.sort((a, b) => Math.abs(b.delta) -
					Math.abs(a.delta));
		place.replaceChildren(filesTable(chosen));
	};
	const [kindLabel, kind] = choice('Show',
		[['all', 'all files']].concat(kinds.filter(number).map(
			(k) => [k, k + ' (' + count(number(k)) + ')'])),
		() => update());
	const [orderLabel, order] = choice('Order',
		[
			['size', 'largest change of bytes first'],
			['path', 'by path']
		],
		() => update());

	if (all.length === 0)
		return section('files', 'Files',
			el('p', null, 'The files are the same.'));
	update();
	return section('files', 'Files',
		diff.fileCount > all.length ?
			el('p', null,
				'The first ' + count(all.length) + ' of ' +
					count(diff.fileCount) +
					' files that differ are listed.') :
			null,
		el('p', {class: 'choices'}, kindLabel, ' ', orderLabel), place);
}

function fieldsSection(diff) {
	const value = (text) => text === null ?
		el('span', {class: 'absent'}, 'absent') :
		code(text);

	return section('fields', 'Config and annotations',
		diff.fields.length ?
			table('Fields that differ',
				[
					{
						title: 'Field',
						head: true,
						wide: true,
						cell: (f) => f[0]
					},
					{
						title: 'A',
						wide: true,
						cell: (f) => value(f[1])
					},
					{
						title: 'B',
						wide: true,
						cell: (f) => value(f[2])
					},
				],
				diff.fields) :
			el('p', null, 'No field differs.'));
}

function layerStatus(a, b) {
	if (!a || !b)
		return a ? 'only in A' : 'only in B';
	if (a.digest === b.digest)
		return 'the same';
	return a.diffId && a.diffId === b.diffId ?
		'the same tar in other compression' :
		'differs';
}

function compareLayers(images) {
	const [a, b] = images.map((image) => image.layers);
	const rows = [];

	for (let i = 0; i < Math.max(a.length, b.length); i++)
		rows.push([a[i], b[i]]);
	const cell = (layer, name, i) => layer ?
		[
			size(layer.size), el('br'),
			digest(layer.digest, 'layer ' + (i + 1) + ' of ' + name)
		] :
		'\u2013';

	return section('layers', 'Layers',
		table('Layers, the lowest first',
			[
				{
					title: 'Layer',
					head: true,
					cell: (r, i) => count(i + 1)
				},
				{
					title: 'Comparison',
					cell: (r) => layerStatus(r[0], r[1])
				},
				{
					title: 'A',
					wide: true,
					cell: (r, i) => cell(r[0], 'A', i)
				},
				{
					title: 'B',
					wide: true,
					cell: (r, i) => cell(r[1], 'B', i)
				},
			],
			rows));
}

function side(name, image) {
	return el('div', {class: 'side'},
		el('h2', null, name + ' ',
			el('bdi', null, visiblePath(image.name))),
		facts([
			['Platform', image.platform],
			['Digest', digest(image.digest, name)],
			['Compressed', size(image.size)],
			['Layers', count(image.layers.length)],
		]));
}

function diffHead(images, diff) {
	const change = images[1].size - images[0].size;

	return el('header', null, el('p', {class: 'kind'}, 'Two images'),
		el('h1', null, 'What differs'),
		el('p', {class: 'summary'},
			diff.summary.charAt(0).toUpperCase() +
				diff.summary.slice(1) + '.'),
		el('div', {class: 'sides'}, side('A', images[0]),
			side('B', images[1])),
		el('p', null,
			change === 0 ? 'Both have the same compressed size.' :
				       'B is ' + size(Math.abs(change)) +
					(change > 0 ? ' larger' : ' smaller') +
					' than A, compressed.'));
}

function showDiff(page, images, diff) {
	const sections = [
		changesSection(diff),
		fieldsSection(diff),
		compareLayers(images),
		section('documents', 'Documents',
			images.map((image, i) => ['manifest', 'config'].map(
					   (name) => documentDetails('The ' +
							   name + ' of ' +
							   'AB'.charAt(i) +
							   ' as JSON',
						   image[name])))),
	];

	document.title = visiblePath(images[0].name) + ' and ' +
		visiblePath(images[1].name) + ' \u2013 oci-pack report';
	append(page, [
		diffHead(images, diff), navigation(sections),
		el('main', null, sections)
	]);
}
