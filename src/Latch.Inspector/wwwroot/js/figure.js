// A chart with its title, a text for those who do not see it, and the same numbers as a table.

import { element, svg, table } from './dom.js';

const open = new Set();

/** figure(id, title, chart, text, { caption, heads, rows }); a chart is an SVG element or a canvas. */
export function figure(id, title, chart, text, data, note = '') {
    chart.setAttribute('role', 'img');
    chart.setAttribute('aria-label', `${title}. ${text}`);
    const host = element('div', { class: 'figure-table' });
    const button = element('button', { type: 'button', class: 'as-table', 'aria-expanded': String(open.has(id)), 'aria-label': `${title} as a table` }, 'table');
    const draw = () => {
        host.replaceChildren(...(open.has(id) ? [table(data().caption, data().heads, data().rows)] : []));
        button.setAttribute('aria-expanded', String(open.has(id)));
    };
    button.addEventListener('click', () => {
        open.has(id) ? open.delete(id) : open.add(id);
        draw();
    });
    draw();
    return element('figure', { id, class: 'chart' }, element('figcaption', {}, element('span', {}, title), button), note ? element('p', { class: 'hint' }, note) : null, chart, host);
}

/** Width of a wide drawing: on a narrow window it is drawn narrower, so that its letters stay readable. */
export const wide = () => isNarrow() ? 350 : 560;

export const isNarrow = () => window.innerWidth < 720;

/** An empty drawing with a coordinate system of its own. */
export function drawing(width, height, ...children) {
    return svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'drawing', preserveAspectRatio: 'xMidYMid meet' }, ...children);
}

export const line = (x1, y1, x2, y2, name) => svg('line', { x1, y1, x2, y2, class: name });

export const label = (x, y, text, anchor = 'start', name = 'tick') => svg('text', { x, y, 'text-anchor': anchor, class: name }, text);
