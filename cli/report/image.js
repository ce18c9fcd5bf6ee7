/* SPDX-License-Identifier: Apache-2.0 */
/* The sections about one image. */

const LARGEST = 50;

/* A swatch in the colour of a layer, and the layer's number. */
function layerMark(image, layer) {
	return el('span', {class: 'layer-mark'},
		image.layers.length > 1 ? el('span', {
			class: 'swatch c' + (layer - 1) % COLOURS,
			'aria-hidden': 'true'
		}) :
					  null,
		count(layer));
}

function severalLayers(image) {
	return image.layers.length > 1;
}

/* The column for the layer of a row, if there are several. */
function layerColumn(image, layerOf) {
	return severalLayers(image) ? {
		title: 'Layer',
		cell: (row) => layerMark(image, layerOf(row))
	} :
				      null;
}

/* The entries of the history that made a layer, in the order of the layers. */
function layerHistory(config) {
	const history =
		config && Array.isArray(config.history) ? config.history : [];

	return history.filter((entry) => entry && !entry.empty_layer);
}

/* What a card says in large and in small letters. */
function card(number, text, href) {
	const content =
		[el('strong', null, number), ' ', el('span', null, text)];

	return el('li', null,
		href ? el('a', {href: href}, content) :
		       el('span', {class: 'card'}, content));
}

/* "1 error, 2 notes". */
function levelCounts(findings) {
	return ['error', 'warning', 'note']
		.map((level) => [findings.filter((f) => f.level === level)
					 .length,
			     level])
		.filter(([number]) => number > 0)
		.map(([number, level]) => some(number, level))
		.join(', ');
}

function cards(image) {
	const noun = (number, word) => number === 1 ? word : word + 's';
	const number = (n, word, href) => card(count(n), noun(n, word), href);
	const all = image.findings;

	return el('ul', {class: 'cards'},
		card(size(image.size), 'compressed', '#layers'),
		card(size(image.bytes), 'of files', '#map'),
		number(image.layers.length, 'layer', '#layers'),
		number(image.files, 'file', '#files'),
		number(image.packages.length, 'package', '#packages'),
		severalLayers(image) ?
			card(size(image.hiddenBytes), 'hidden by later layers',
				'#vain') :
			null,
		card(count(all.length),
			noun(all.length, 'finding') +
				(all.length ? ': ' + levelCounts(all) :
					      ' of lint'),
			'#lint'));
}

function imageHead(image) {
	return el('header', null, el('p', {class: 'kind'}, 'Image'),
		el('h1', null, el('bdi', null, visiblePath(image.name))),
		facts([
			['Platform', image.platform],
			['Digest', digest(image.digest, 'the manifest')],
		]),
		cards(image));
}

function layersSection(image, config) {
	const history = layerHistory(config);

	return section('layers', 'Layers',
		table('Layers, the lowest first',
			[
				{
					title: 'Layer',
					head: true,
					cell: (l, i) => layerMark(image, i + 1)
				},
				{
					title: 'Made by',
					wide: true,
					cell: (l, i) => history[i] &&
							history[i].created_by ?
						code(history[i].created_by) :
						'\u2013'
				},
				{
					title: 'Compressed',
					number: true,
					cell: (l) => size(l.size)
				},
				{
					title: 'Bytes',
					number: true,
					cell: (l) => size(l.bytes)
				},
				{
					title: 'Files',
					number: true,
					cell: (l) => count(l.files)
				},
				image.hiddenCount ? {
					title: 'Hidden',
					number: true,
					cell: (l) =>
						l.hidden ? size(l.hidden) : ''
				} :
						    null,
			],
			image.layers));
}

function filesSection(image, root) {
	const files = [];

	eachFile(root, (file) => files.push(file));
	files.sort((a, b) => b.bytes - a.bytes);
	files.splice(LARGEST);
	return section('files', 'Largest files',
		files.length ?
			table('The ' + some(files.length, 'largest file'),
				[
					{
						title: 'File',
						head: true,
						wide: true,
						cell: (f) => code(pathOf(f))
					},
					{
						title: 'Bytes',
						number: true,
						cell: (f) => size(f.bytes)
					},
					{
						title: 'Share',
						number: true,
						cell: (f) => [percent(f.bytes,
								      root.bytes),
							bar(f.bytes,
								files[0].bytes)]
					},
					layerColumn(image, (f) => f.layer),
					image.hiddenCount ? {
						title: 'State',
						cell: (f) =>
							f.hidden ? 'hidden' : ''
					} :
							    null,
				],
				files) :
			el('p', null, 'The layers have no files.'));
}

/* The sum of the sizes that the packages state. */
function packagesText(packages) {
	const bytes = packages.reduce((sum, p) => sum + p[3], 0);
	const text = some(packages.length, 'package');

	if (!bytes)
		return text + '.';
	return text + ' with ' + size(bytes) +
		', as the packages state their sizes.';
}

function packagesSection(image) {
	const all = image.packages.slice().sort((a, b) => b[3] - a[3]);
	const none = 'The image has neither the status of dpkg nor the ' +
		'database of apk. Other databases are not read.';
	const columns = [
		{
			title: 'Package',
			head: true,
			wide: true,
			cell: (p) => code(p[0])
		},
		{title: 'Version', wide: true, cell: (p) => code(p[1])},
		{title: 'Architecture', cell: (p) => p[2]},
		{
			title: 'Size',
			number: true,
			cell: (p) => p[3] ? size(p[3]) : '–'
		},
		{title: 'Database', cell: (p) => p[4]},
	];

	if (!all.length)
		return section('packages', 'Packages', el('p', null, none));
	return section('packages', 'Packages', el('p', null, packagesText(all)),
		table('Packages, the largest first', columns, all));
}

function hiddenTable(image) {
	return table('Hidden files, the largest first',
		[
			{
				title: 'File',
				head: true,
				wide: true,
				cell: (f) => code(f[0])
			},
			{title: 'Bytes', number: true, cell: (f) => size(f[2])},
			layerColumn(image, (f) => f[1]),
			{
				title: 'Hidden by',
				cell: (f) => f[3] ?
					[
						'replaced in layer ',
						layerMark(image, f[3])
					] :
					'deleted'
			},
		],
		image.hidden);
}

function duplicatePaths(image, group) {
	const list = el('ul', {class: 'plain'});

	for (let i = 0; i < group[2].length; i += 2)
		append(list, [el('li', null, code(group[2][i + 1]),
				     image.layers.length > 1 ?
					     ' (layer ' + group[2][i] + ')' :
					     null)]);
	if (group[1] > group[2].length / 2)
		append(list,
			[el('li', null,
				'and ' + count(group[1] - group[2].length / 2) +
					' more')]);
	return list;
}

function duplicateTable(image) {
	return table('Files with the same bytes',
		[
			{
				title: 'Files',
				head: true,
				wide: true,
				cell: (g) => duplicatePaths(image, g)
			},
			{
				title: 'Bytes of one',
				number: true,
				cell: (g) => size(g[0])
			},
			{
				title: 'Extra bytes',
				number: true,
				cell: (g) => size(g[0] * (g[1] - 1))
			},
		],
		image.duplicates, 10);
}

function hiddenText(image) {
	if (!image.hiddenCount)
		return 'No layer deletes or replaces a file of another one.';
	return some(image.hiddenCount, 'file') + ' with ' +
		size(image.hiddenBytes) +
		' of a layer are deleted or replaced in a later layer. ' +
		'They are transferred, and no container sees them.';
}

function duplicateText(image) {
	if (!image.duplicateCount)
		return 'No two files have the same bytes.';
	return 'The bytes of ' + some(image.duplicateCount, 'file') +
		' are shipped more than once: ' + size(image.duplicateBytes) +
		' extra, before compression.';
}

function vainSection(image) {
	return section('vain', 'Bytes in vain',
		el('p', null, hiddenText(image)),
		image.hiddenCount ? hiddenTable(image) : null,
		el('p', null, duplicateText(image)),
		image.duplicateCount ? duplicateTable(image) : null);
}

/* Findings of one rule with the same remedy are one group. */
function groupFindings(findings) {
	const order = {error: 0, warning: 1, note: 2};
	const groups = new Map();

	for (const f of findings) {
		const key = JSON.stringify([f.level, f.rule, f.remedy]);

		if (!groups.has(key))
			groups.set(key, []);
		groups.get(key).push(f);
	}
	return Array.from(groups.values())
		.sort((a, b) => order[a[0].level] - order[b[0].level]);
}

function findingLine(image, finding) {
	return el('li', null,
		finding.path ?
			[
				code(finding.path),
				finding.layer && severalLayers(image) ?
					' (layer ' + finding.layer + ')' :
					null,
				': '
			] :
			null,
		finding.message);
}

function findingGroup(image, group) {
	const first = group[0];
	const few = group.slice(0, 5), others = group.slice(5);

	return el('li', {class: 'finding ' + first.level},
		el('p', null, el('strong', {class: 'level'}, first.level), ' ',
			el('span', {class: 'rule'}, first.rule)),
		el('ul', {class: 'plain'},
			few.map((f) => findingLine(image, f))),
		others.length ?
			el('details', null,
				el('summary', null,
					count(others.length) + ' more'),
				el('ul', {class: 'plain'},
					others.map((f) => findingLine(
							   image, f)))) :
			null,
		el('p', {class: 'why'}, first.why, ' ', first.remedy));
}

function lintSection(image) {
	return section('lint', 'Findings of lint',
		image.findings.length ?
			el('ul', {class: 'findings'},
				groupFindings(image.findings)
					.map((group) => findingGroup(
						     image, group))) :
			el('p', null, 'lint found nothing.'));
}

function showImage(page, image) {
	const config = parseDocument(image.config);
	const root = readTrees(image);
	const view = new MapView(root, image.layers.length);
	const sections = [
		section('map', 'Where the bytes are', view.element),
		layersSection(image, config),
		filesSection(image, root),
		packagesSection(image),
		vainSection(image),
		lintSection(image),
		configSection(image, config),
		historySection(image, config),
		documentsSection(image),
	];

	document.title = visiblePath(image.name) + ' \u2013 oci-pack report';
	append(page, [
		imageHead(image), navigation(sections),
		el('main', null, sections)
	]);
}
