/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the treemap that map.js computes, and a table of the same folder. */

/* In pixels: the margin of a folder, and the height of its name. */
const MARGIN = 3;
const NAME_HEIGHT = 20;
/* Rectangles inside rectangles: how deep, and how many in a view. */
const INNER_DEPTH = 4;
const INNER_ALL = 4000;

const HELP = 'A click or Enter opens a folder; Backspace goes back; the ' +
	'arrow keys move.';
const HATCHED = ' Hatched files are hidden by a later layer.';

/* Follows folders that have nothing but one folder. */
function firstBranch(node) {
	while (node.folder && node.children.length === 1 &&
		node.children[0].folder)
		node = node.children[0];
	return node;
}

/* Follows folders that have nearly all bytes: what a user sees first. */
function mainBranch(node) {
	while (node.folder && node.children.length && node.children[0].folder &&
		node.children[0].bytes > 0.97 * node.bytes)
		node = node.children[0];
	return node;
}

class MapView {
	constructor(root, layers) {
		this.root = root;
		this.node = root;
		this.layers = layers;
		this.items = [];
		this.crumbs = el('ol', {class: 'crumbs'});
		this.map = el('div', {
			class: 'map',
			role: 'group',
			'aria-label': 'Treemap of bytes',
			'aria-describedby': 'map-help'
		});
		this.status = el('p', {class: 'status'});
		this.list = el('div');
		this.element = el('div', {class: 'map-view'},
			el('nav', {'aria-label': 'Folder of the treemap'},
				this.crumbs),
			this.map, this.status,
			el('p', {class: 'hint', id: 'map-help'}, HELP,
				root.hidden ? HATCHED : null),
			el('details', {class: 'map-table'},
				el('summary', null, 'The same as a table'),
				this.list));
		this.map.addEventListener('keydown', (e) => this.key(e));
		this.watch();
		this.show(layers > 1 ? root : mainBranch(root), null);
	}

	watch() {
		let width = 0;
		const update = () => {
			if (this.map.clientWidth === width)
				return;
			width = this.map.clientWidth;
			this.draw();
		};

		if (window.ResizeObserver)
			new ResizeObserver(() => requestAnimationFrame(update))
				.observe(this.map);
		else
			window.addEventListener('resize', update);
	}

	/* Shows a folder. The rectangle of `focus` then has the focus. */
	show(node, focus) {
		this.node = node;
		this.showCrumbs();
		this.draw();
		this.showTable();
		this.tell(node);
		if (focus)
			this.focus(this.items.find((i) => i.node === focus) ||
				this.items[0]);
	}

	open(node) {
		const to = firstBranch(node);

		if (node.folder && node.bytes > 0)
			this.show(to, to.children[0]);
	}

	/* The new table gets the focus, because the old button is gone. */
	openInTable(node) {
		this.show(node, null);
		this.list.querySelector('.scroll').focus();
	}

	/* Skips the folders that open() skips. */
	back() {
		let from = this.node, to = from.parent;

		while (to && to.parent && to.children.length === 1)
			[from, to] = [to, to.parent];
		if (to)
			this.show(to, from);
	}

	showCrumbs() {
		const nodes = [];

		for (let node = this.node; node; node = node.parent)
			nodes.unshift(node);
		this.crumbs.replaceChildren(...nodes.map(
			(node) => el('li', null,
				node === this.node ?
					el('span', {'aria-current': 'location'},
						visiblePath(node.name)) :
					el('button', {
						type: 'button',
						onclick: () => this.show(
							node, node.children[0])
					},
						visiblePath(node.name)))));
	}

	/* One colour for each layer; of an image with one layer, for each
	 * rectangle. */
	colour(node, index) {
		const number = this.layers > 1 ? node.layer - 1 : index;

		return 'c' + number % COLOURS;
	}

	describe(node) {
		return node.rest ? node.name + ' in ' + pathOf(node.parent) :
				   pathOf(node);
	}

	label(node) {
		return [
			visiblePath(this.nameOf(node)),
			node.folder ? 'folder' : null, size(node.bytes),
			percent(node.bytes, this.node.bytes),
			node.folder ? some(node.files, 'file') : null,
			node.hidden ? size(node.hidden) + ' hidden' : null
		].filter(Boolean)
			.join(', ');
	}

	tell(node) {
		this.status.textContent = visiblePath(this.describe(node)) +
			(node.layer && this.layers > 1 && !node.isLayer ?
					' (layer ' + node.layer + ')' :
					'') +
			': ' + size(node.bytes) +
			(node.folder ? ', ' + some(node.files, 'file') : '') +
			(node.hidden ? ', of which ' + size(node.hidden) +
						' are hidden by a later layer' :
				       '');
	}

	draw() {
		const w = this.map.clientWidth, h = this.map.clientHeight;
		const had = this.items.findIndex(
			(i) => i.element === document.activeElement);

		this.left = INNER_ALL;
		this.items = place(this.node, 0, 0, w, h, CELLS_MAX, CELL_AREA);
		this.items.forEach((item, i) => this.drawCell(item, i));
		this.map.replaceChildren(...this.items.map((i) => i.element));
		if (this.items.length === 0)
			this.map.textContent = 'No bytes';
		this.setStop(this.items[0]);
		if (had >= 0)
			this.focus(this.items[had] || this.items[0]);
	}

	drawCell(item, index) {
		const node = item.node;
		const cell = el('button', {
			type: 'button',
			tabindex: '-1',
			class: 'cell ' + this.colour(node, index) +
				(node.hidden && !node.folder ? ' hidden' : '') +
				(node.folder ? ' folder' : ''),
			title: visiblePath(this.describe(node)) + '\n' +
				size(node.bytes),
			onclick: () => this.open(node),
			onfocus: () => {
				this.setStop(item);
				this.tell(node);
			},
			onmouseenter: () => this.tell(node),
		});

		const picture = el('span', {'aria-hidden': 'true'});

		item.element = cell;
		this.position(cell, item, this.map.clientWidth);
		append(cell, [
			el('span', {class: 'unseen'}, this.label(node)), picture
		]);
		this.drawName(picture, item);
		if (node.folder && item.w > 60 && item.h > 54)
			this.drawInner(picture, item, 1);
	}

	/* The name and the size, if there is room. */
	drawName(picture, item) {
		const node = item.node;
		const bytes = (kind) =>
			el('span', {class: kind}, size(node.bytes));

		if (item.w <= 44 || item.h <= 18)
			return;
		append(picture, [el('span', {class: 'name'},
					visiblePath(this.nameOf(node)))]);
		if (node.folder && item.w > 130)
			append(picture, [bytes('bytes beside')]);
		else if (!node.folder && item.w > 60 && item.h > 38)
			append(picture, [bytes('bytes')]);
	}

	/* What a folder has; a screen reader reads the label of the cell. */
	drawInner(element, item, depth) {
		const node = firstBranch(item.node);
		const inner = place(node, MARGIN, NAME_HEIGHT,
			item.w - 2 * MARGIN - 3,
			item.h - NAME_HEIGHT - MARGIN - 3, INNER_MAX,
			INNER_AREA);

		for (const i of inner) {
			const named = i.w > 40 && i.h > 18;
			const part = el('span', {
				class: 'inner' +
					(i.node.hidden && !i.node.folder ?
							' hidden' :
							'')
			},
				named ? el('span', {class: 'inner-name'},
						visiblePath(
							this.nameOf(i.node))) :
					null);

			if (this.left-- <= 0)
				return;
			/* The rectangle without its gap and its borders. */
			this.position(part, i, item.w - 3);
			element.appendChild(part);
			if (i.node.folder && depth < INNER_DEPTH && i.w > 48 &&
				i.h > 48)
				this.drawInner(part, i, depth + 1);
		}
	}

	/* "share/doc" of a folder that has nothing but one folder. */
	nameOf(node) {
		let name = node.name;

		if (node.isLayer || !node.folder)
			return name;
		for (const last = firstBranch(node); node !== last;) {
			node = node.children[0];
			name += '/' + node.name;
		}
		return name;
	}

	/* Widths are parts of the parent's, so that print may be narrower. */
	position(element, item, parentWidth) {
		element.style.left = 100 * item.x / parentWidth + '%';
		element.style.top = item.y + 'px';
		element.style.width =
			100 * Math.max(1, item.w - 1) / parentWidth + '%';
		element.style.height = Math.max(1, item.h - 1) + 'px';
	}

	/* The rectangle that the Tab key leads to. */
	setStop(item) {
		for (const other of this.items)
			other.element.tabIndex = other === item ? 0 : -1;
	}

	focus(item) {
		if (!item)
			return;
		this.setStop(item);
		item.element.focus({preventScroll: true});
	}

	key(event) {
		const directions = {
			ArrowLeft: [-1, 0],
			ArrowRight: [1, 0],
			ArrowUp: [0, -1],
			ArrowDown: [0, 1]
		};
		const from = this.items.find((i) => i.element === event.target);

		if (event.key === 'Backspace' || event.key === 'Escape')
			this.back();
		else if (from && directions[event.key])
			this.focus(neighbour(
				this.items, from, ...directions[event.key]));
		else if (from && event.key === 'Home')
			this.focus(this.items[0]);
		else if (from && event.key === 'End')
			this.focus(this.items[this.items.length - 1]);
		else
			return;
		event.preventDefault();
	}

	showTable() {
		const whole = this.node.bytes;
		const name = (node) => node.folder ? el('button', {
			type: 'button',
			class: 'link',
			onclick: () => this.openInTable(node)
		},
							     code(node.name)) :
			node.rest		   ? node.name :
						     code(node.name);

		this.list.replaceChildren(table(
			'What ' + visiblePath(pathOf(this.node)) + ' has',
			[
				{
					title: 'Name',
					head: true,
					wide: true,
					cell: name
				},
				{
					title: 'Bytes',
					number: true,
					cell: (n) => size(n.bytes)
				},
				{
					title: 'Share',
					number: true,
					cell: (n) => [percent(n.bytes, whole),
						bar(n.bytes, whole)]
				},
				{
					title: 'Files',
					number: true,
					cell: (n) => count(n.files)
				},
				this.root.hidden ? {
					title: 'Hidden',
					number: true,
					cell: (n) =>
						n.hidden ? size(n.hidden) : ''
				} :
						   null,
			],
			this.node.children));
	}
}
