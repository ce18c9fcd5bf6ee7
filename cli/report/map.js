/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The treemap: the bytes that the layers ship, as nested rectangles. A
 * rectangle is a button; a click or Enter opens a folder, Backspace goes back,
 * and the arrow keys move. M. Bruls, K. Huizing, J. van Wijk: Squarified
 * Treemaps (2000).
 */

/* Rectangles of a view, and of a folder in it; smaller ones are summed up. */
const CELLS_MAX = 120;
const INNER_MAX = 80;
/* In pixels: the smallest area of a rectangle, and the least sizes for a name
 * and for rectangles inside. */
const CELL_AREA = 180;
const INNER_AREA = 120;
const COLOURS = 8;

/* Makes a node of a folder's array; cli/report_tree.c describes it. */
function readFolder(array, parent, layer) {
	const node = {
		name: array[0],
		parent: parent,
		layer: layer,
		folder: true,
		bytes: 0,
		files: 0,
		hidden: 0,
		children: []
	};
	const add = (child) => {
		node.children.push(child);
		node.bytes += child.bytes;
		node.files += child.files;
		node.hidden += child.hidden;
	};

	for (const below of array[1])
		add(readFolder(below, node, layer));
	for (let i = 0; i < array[2].length; i += 2) {
		const bytes = Math.abs(array[2][i + 1]);

		add({
			name: array[2][i],
			parent: node,
			layer: layer,
			bytes: bytes,
			files: 1,
			hidden: array[2][i + 1] < 0 ? bytes : 0
		});
	}
	if (array[4])
		add({
			name: some(array[4], 'small file'),
			parent: node,
			layer: layer,
			rest: true,
			bytes: array[3],
			files: array[4],
			hidden: 0
		});
	node.children.sort((a, b) => b.bytes - a.bytes);
	return node;
}

/* The tree of an image. An image with one layer has no level of layers. */
function readTrees(image) {
	const root = {
		name: 'All layers',
		parent: null,
		folder: true,
		layer: 0,
		bytes: 0,
		files: 0,
		hidden: 0,
		children: []
	};

	if (image.trees.length === 1) {
		const only = readFolder(image.trees[0], null, 1);

		only.name = '/';
		return only;
	}
	image.trees.forEach((array, i) => {
		const node = readFolder(array, root, i + 1);

		node.name = 'Layer ' + (i + 1);
		node.isLayer = true;
		root.children.push(node);
		root.bytes += node.bytes;
		root.files += node.files;
		root.hidden += node.hidden;
	});
	return root;
}

function pathOf(node) {
	let path = node.name;

	if (node.isLayer || !node.parent)
		return node.name;
	for (let up = node.parent; up && up.parent && !up.isLayer;
		up = up.parent)
		path = up.name + '/' + path;
	return '/' + path;
}

/* Calls visit for each file of the tree. */
function eachFile(node, visit) {
	for (const child of node.children)
		if (child.folder)
			eachFile(child, visit);
		else if (!child.rest)
			visit(child);
}

/* The worst ratio of sides if a row with these areas lies along `side`. */
function worstRatio(row, sum, side) {
	const square = side * side, all = sum * sum;

	return Math.max(square * row[0].area / all,
		all / (square * row[row.length - 1].area));
}

/*
 * Places items, which have an `area` and are sorted by it, in the rectangle.
 * Sets x, y, w and h of each.
 */
function squarify(items, x, y, w, h) {
	let at = 0;

	while (at < items.length) {
		const side = Math.min(w, h);
		const row = [items[at]];
		let sum = items[at].area, offset = 0;

		while (at + row.length < items.length) {
			const next = items[at + row.length];

			if (worstRatio(row.concat(next), sum + next.area,
				    side) > worstRatio(row, sum, side))
				break;
			row.push(next);
			sum += next.area;
		}
		const thick = side > 0 ? sum / side : 0;

		for (const item of row) {
			const length = thick > 0 ? item.area / thick : 0;

			Object.assign(item,
				w >= h ? {
					x: x,
					y: y + offset,
					w: thick,
					h: length
				} :
					 {
						 x: x + offset,
						 y: y,
						 w: length,
						 h: thick
					 });
			offset += length;
		}
		if (w >= h) {
			x += thick;
			w = Math.max(0, w - thick);
		} else {
			y += thick;
			h = Math.max(0, h - thick);
		}
		at += row.length;
	}
}

/* The children of a node as placed items; the smallest are one item. */
function place(node, x, y, w, h, most, leastArea) {
	const scale = node.bytes > 0 ? w * h / node.bytes : 0;
	const items = [];
	const rest = {
		bytes: 0,
		files: 0,
		hidden: 0,
		rest: true,
		parent: node,
		layer: node.layer
	};

	for (const child of node.children) {
		const area = child.bytes * scale;

		if (area <= 0)
			continue;
		if (items.length < most && area >= leastArea) {
			items.push({node: child, area: area});
			continue;
		}
		rest.bytes += child.bytes;
		rest.files += child.files;
		rest.hidden += child.hidden;
	}
	if (rest.bytes > 0) {
		rest.name = some(rest.files, 'smaller file');
		items.push({node: rest, area: rest.bytes * scale});
		items.sort((a, b) => b.area - a.area);
	}
	squarify(items, x, y, w, h);
	return items;
}

/* The item next to `from` in a direction: the nearest one whose middle lies
 * there. */
function neighbour(items, from, dx, dy) {
	const middle = (i) => [i.x + i.w / 2, i.y + i.h / 2];
	const [x, y] = middle(from);
	let best = null, least = Infinity;

	for (const item of items) {
		const [ix, iy] = middle(item);
		const ahead = (ix - x) * dx + (iy - y) * dy;
		const aside = Math.abs((ix - x) * dy) + Math.abs((iy - y) * dx);

		if (item === from || ahead <= 0.5)
			continue;
		if (ahead + 2 * aside < least) {
			least = ahead + 2 * aside;
			best = item;
		}
	}
	return best;
}
