'use strict';
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all parts of the page use: elements, numbers, texts. Texts of images
 * only ever become text nodes and attributes, never markup.
 */

/* Characters that are invisible or change the direction of writing. A line end
 * and a tab stay. */
const INVISIBLE = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f' +
		'\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]',
	'g');

function escapeCharacter(c) {
	return '\\u{' + c.codePointAt(0).toString(16) + '}';
}

/* A text with invisible characters as \u{...}. */
function visible(text) {
	return String(text).replace(INVISIBLE, escapeCharacter);
}

/* The same for a path, in which a line end has no place. */
function visiblePath(path) {
	return visible(path).replace(/[\n\t]/g, escapeCharacter);
}

/* Adds strings, numbers, nodes and arrays of them; null is left out. */
function append(parent, children) {
	for (const child of children) {
		if (child === null || child === undefined)
			continue;
		if (Array.isArray(child))
			append(parent, child);
		else if (child instanceof Node)
			parent.appendChild(child);
		else
			parent.appendChild(
				document.createTextNode(visible(child)));
	}
	return parent;
}

/*
 * Makes an element. Of properties, onX are listeners, `text` is a text, and the
 * others are attributes; false, null and undefined are left out.
 */
function el(tag, properties, ...children) {
	const element = document.createElement(tag);

	for (const [name, value] of Object.entries(properties || {})) {
		if (value === false || value === null || value === undefined)
			continue;
		if (name.startsWith('on'))
			element.addEventListener(name.slice(2), value);
		else
			element.setAttribute(name, value === true ? '' : value);
	}
	return append(element, children);
}

const NUMBER = new Intl.NumberFormat('en');

function count(number) {
	return NUMBER.format(number);
}

/* "3 files", "1 file". */
function some(number, one, many) {
	return count(number) + ' ' + (number === 1 ? one : many || one + 's');
}

/* Between a number and its unit. */
const NO_BREAK = '\u00a0';

/* "27.3 MB", in decimal units, as oci-pack writes sizes. */
function size(bytes) {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let value = Math.abs(bytes), unit = 0;

	while (value >= 999.95 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return (bytes < 0 ? '\u2212' : '') +
		(unit === 0 ? value : value.toFixed(1)) + NO_BREAK +
		units[unit];
}

function percent(part, whole) {
	const value = whole > 0 ? 100 * part / whole : 0;

	return (value >= 9.95 || value === 0 ? value.toFixed(0) :
					       value.toFixed(1)) +
		NO_BREAK + '%';
}

/* A path in a fixed font, which may be broken anywhere. */
function code(text) {
	return el('code', null, visiblePath(text));
}

/* Parses a document of the image; null if it is not JSON. */
function parseDocument(text) {
	try {
		const value = JSON.parse(text);

		return value && typeof value === 'object' ? value : null;
	} catch (error) {
		return null;
	}
}

/* A section with a heading. The navigation links to its id. */
function section(id, title, ...children) {
	return el('section', {id: id, 'aria-labelledby': id + '-title'},
		el('h2', {id: id + '-title'}, title), children);
}

function navigation(sections) {
	return el('nav', {'aria-label': 'Sections'},
		el('ul', null,
			sections.map(
				(s) => el('li', null,
					el('a', {href: '#' + s.id},
						s.firstChild.textContent)))));
}

/* Selects what an element shows, so that the user can copy it. */
function select(element) {
	const range = document.createRange();

	range.selectNodeContents(element);
	window.getSelection().removeAllRanges();
	window.getSelection().addRange(range);
}

/* Copies text; without a clipboard it is selected in `element`. */
function copy(button, element, text) {
	const tell = (word) => {
		button.textContent = word;
		setTimeout(() => {
			button.textContent = 'Copy';
		}, 2000);
	};
	const fallBack = () => {
		select(element);
		tell('Selected');
	};

	if (navigator.clipboard && navigator.clipboard.writeText)
		navigator.clipboard.writeText(text).then(
			() => tell('Copied'), fallBack);
	else
		fallBack();
}

/* A digest with a button that copies it. */
function digest(text, what) {
	const shown = el('code', {class: 'digest'}, visiblePath(text));
	const button = el('button', {
		type: 'button',
		class: 'copy',
		'aria-label': 'Copy the digest of ' + visiblePath(what)
	},
		'Copy');

	button.addEventListener('click', () => copy(button, shown, text));
	return el('span', {class: 'digest-line'}, shown, ' ', button);
}

/* A document of the image: its JSON with line breaks, behind a summary. */
function documentDetails(title, text) {
	const value = parseDocument(text);

	return el('details', null, el('summary', null, title),
		el('pre', {tabindex: '0', role: 'region', 'aria-label': title},
			value ? JSON.stringify(value, null, 2) : text));
}

/* Titles and values; values that are null or empty are left out. */
function facts(pairs) {
	const list = el('dl', {class: 'facts'});

	for (const [title, value] of pairs)
		if (value !== null && value !== undefined && value !== '' &&
			!(Array.isArray(value) && value.length === 0))
			append(list, [el('div', null, el('dt', null, title),
					     el('dd', null, value))]);
	return list;
}
