/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the data of the page and shows it. */

function start() {
	const page = document.getElementById('page');
	const data = JSON.parse(document.getElementById('data').textContent);

	if (data.diff)
		showDiff(page, data.images, data.diff);
	else
		showImage(page, data.images[0]);
	append(page, [el('footer', null,
			     el('p', null,
				     'Made by ' + data.tool +
					     '. This file fetches nothing.'))]);
}

document.addEventListener('DOMContentLoaded', start);
