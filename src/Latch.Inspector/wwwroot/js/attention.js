// Attention weights as a matrix: steps across, the window's positions down.

import { column, extent } from './axis.js';
import { css, sequential } from './colour.js';
import { attention } from './data.js';
import { byId, element, rebuild } from './dom.js';
import { figure } from './figure.js';
import { real, short, whole } from './numbers.js';
import { model, moveCursor, state } from './state.js';

const MOST = 2000;

export function drawAttention() {
    const host = byId('attention');
    const of = model().attention;
    if (!of) {
        host.replaceChildren(element('p', { class: 'hint' }, 'This model has no attention weights.'));
        return;
    }
    const source = attention(state.model, of.width);
    const [from, to] = [state.from, Math.min(state.to, state.from + MOST)];
    const columns = Array.from({ length: of.width }, (_, position) => column(source, position, from, to));
    const bounds = extent(columns.flatMap(values => [...values]));
    const stamp = JSON.stringify([state.model, from, to, bounds, state.cursor]);
    if (host.dataset.stamp === stamp) {
        return;
    }
    host.dataset.stamp = stamp;
    const canvas = element('canvas', { width: to - from, height: of.width, class: 'matrix' });
    paint(canvas, columns, bounds);
    const mark = element('div', { class: 'matrix-cursor', 'aria-hidden': 'true' });
    mark.style.left = `${100 * (state.cursor - from + 0.5) / (to - from)}%`;
    mark.hidden = state.cursor < from || state.cursor >= to;
    const readout = element('p', { class: 'hint', id: 'attention-readout' }, atCursor(columns, from));
    const point = event => {
        const box = canvas.getBoundingClientRect();
        const step = Math.min(to - 1, from + Math.floor((event.clientX - box.left) / box.width * (to - from)));
        const position = Math.min(of.width - 1, Math.floor((event.clientY - box.top) / box.height * of.width));
        return { step, position };
    };
    canvas.addEventListener('pointermove', event => {
        const { step, position } = point(event);
        readout.textContent = `step ${whole(step)}, position ${position}: weight ${real(columns[position][step - from])}`;
    });
    canvas.addEventListener('click', event => moveCursor(point(event).step));
    const legend = element('div', { class: 'lane-key' }, short(bounds.low < 1e-6 ? 0 : bounds.low), ...Array.from({ length: 16 }, (_, i) => swatch(css(sequential(), i / 15))), short(bounds.high));
    const chart = figure('chart-attention', `Attention weights '${of.name}'`, canvas,
        `Steps ${whole(from)} to ${whole(to - 1)}, ${of.width} positions: least ${real(bounds.low)}, most ${real(bounds.high)}, mean ${real(bounds.mean)}. ${atCursor(columns, from)}`,
        () => ({
            caption: `Attention weights, a row a step`, heads: ['step', ...columns.map((_, position) => String(position))],
            rows: Array.from({ length: Math.min(200, to - from) }, (_, i) => [whole(from + i), ...columns.map(values => real(values[i], 3))]),
        }), `Positions 0 (top) to ${of.width - 1} down, steps ${whole(from)} to ${whole(to - 1)} across; the view's range is that of the replay.`);
    const frame = element('div', { class: 'matrix-frame' });
    canvas.replaceWith(frame);
    frame.append(canvas, mark);
    chart.append(legend, readout);
    rebuild(host, chart);
}

function swatch(colour) {
    const node = element('span', { class: 'ramp-part', 'aria-hidden': 'true' });
    node.style.background = colour;
    return node;
}

function atCursor(columns, from) {
    const weights = columns.map(values => values[state.cursor - from]).map(value => value ?? NaN);
    const best = weights.reduce((top, value, i) => value > weights[top] || weights[top] !== weights[top] ? i : top, 0);
    return `At step ${whole(state.cursor)} most weight is on position ${best}: ${real(weights[best])}.`;
}

function paint(canvas, columns, { low, high }) {
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = sequential();
    columns.forEach((values, row) => values.forEach((value, i) => {
        pixels[row * canvas.width + i] = value === value ? colours[Math.round((value - low) / (high - low || 1) * 255)] : 0;
    }));
    context.putImageData(image, 0, 0);
}
