/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that show their first rows, and more on demand. A column is an object:
 *
 *   title    of its head
 *   cell     a function that gives the content for a row
 *   number   whether the content is a number, written to the right
 *   head     whether the cell is the head of its row
 *   wide     whether the content may be long and is broken anywhere
 */

const ROWS_FIRST = 20;
const ROWS_MORE = 200;

function tableRow(columns, row, index) {
	return el('tr', null,
		columns.map((column) => el(column.head ? 'th' : 'td', {
			scope: column.head ? 'row' : null,
			class: cellClass(column),
		},
				    column.cell(row, index))));
}

function cellClass(column) {
	return [
		column.number ? 'number' : '', column.wide ? 'wide' : '',
		column.wide && column.head ? 'main' : ''
	].filter(Boolean)
		       .join(' ') ||
		null;
}

/* A table that is wider than its place is scrolled, also with the keyboard. */
function watchWidth(box) {
	const update = () => {
		box.tabIndex = box.scrollWidth > box.clientWidth + 1 ? 0 : -1;
	};

	if (window.ResizeObserver)
		new ResizeObserver(update).observe(box);
	else
		window.addEventListener('resize', update);
}

/* Makes a table of rows with a caption. Columns that are null are left out.
 * first: rows that are shown at once. */
function table(caption, all, rows, first = ROWS_FIRST) {
	const columns = all.filter(Boolean);
	const body = el('tbody');
	const box = el('div',
		{class: 'scroll', role: 'region', 'aria-label': caption},
		el('table', null, el('caption', null, caption),
			el('thead', null,
				el('tr', null,
					columns.map((c) => el('th', {
						scope: 'col',
						class: cellClass(c)
					},
							    c.title)))),
			body));
	const more = el('button', {type: 'button', class: 'more'});
	let shown = 0;

	const show = (number) => {
		const end = Math.min(rows.length, shown + number);
		const part = document.createDocumentFragment();

		for (; shown < end; shown++)
			part.appendChild(tableRow(columns, rows[shown], shown));
		body.appendChild(part);
		more.hidden = shown === rows.length;
		more.textContent = 'Show ' +
			count(Math.min(ROWS_MORE, rows.length - shown)) +
			' more of ' + count(rows.length);
	};

	more.addEventListener('click', () => show(ROWS_MORE));
	show(first);
	watchWidth(box);
	return el('div', {class: 'table'}, box, more);
}

/* A bar for the part of a whole; the number stands beside it. */
function bar(part, whole) {
	const inner = el('span');

	inner.style.width = (whole > 0 ? 100 * part / whole : 0) + '%';
	return el('span', {class: 'bar', 'aria-hidden': 'true'}, inner);
}
