// int8 against float: the error of each quantity over time, and the first step past a tolerance.

import { byId, element, rebuild, svg } from './dom.js';
import { drawing, figure, isNarrow, label, line, wide } from './figure.js';
import { real, short, ticks, whole } from './numbers.js';
import { hasFloat, nameOf, shadow } from './quantities.js';
import { model, moveCursor, quantityOf, set, state } from './state.js';

let drawn = {};

/** Draws the view, or says why there is none. */
export function drawShadow() {
    const host = byId('shadow');
    const found = shadow();
    if (!hasFloat()) {
        host.replaceChildren(element('p', { class: 'hint' }, 'This model was opened without its .onnx file, so there is no float run to compare with.'));
        return;
    }
    if (drawn.found === found && drawn.isNarrow === isNarrow() && found) {
        return;
    }
    drawn = { found, isNarrow: isNarrow() };
    if (!found) {
        host.replaceChildren(element('p', { class: 'hint' }, 'The float run is being computed …'));
        return;
    }
    const rows = [...found.quantities.map(item => ({ ...item, name: nameOf(quantityOf(item.layer, item.quantity)).replace(' (candidate)', ''), where: model().layers.length > 1 ? `, layer ${item.layer}` : '' })),
        ...(found.output ? [{ ...found.output, name: 'output', where: '', quantity: 'output', layer: '' }] : [])];
    rebuild(host, summary(rows), element('div', { class: 'charts' }, ...rows.map(item => errorChart(item, found.tolerance))));
}

function summary(rows) {
    const jump = (item, step) => step === null ? 'never' : element('button', { type: 'button', class: 'quiet', onclick: () => showStep(item, step) }, whole(step));
    return element('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'int8 against float' }, element('table', { id: 'shadow-table' },
        element('caption', {}, 'Difference of int8 from float, in the quantity’s own units; first past: the first step past the tolerance'),
        element('thead', {}, element('tr', {}, ...['quantity', 'rms', 'largest', 'at step', 'first past'].map(head => element('th', { scope: 'col' }, head)))),
        element('tbody', {}, ...rows.map(item => element('tr', { 'data-quantity': `${item.layer}-${item.quantity}` }, element('th', { scope: 'row' }, item.name + item.where),
            element('td', {}, real(item.rms)), element('td', {}, real(item.largest)), element('td', {}, jump(item, item.largestStep)), element('td', { class: 'first' }, jump(item, item.firstBeyond)))))));
}

function showStep(item, step) {
    set({ view: 'replay', ...(item.layer === '' ? {} : { show: 'error', layer: item.layer }) });
    moveCursor(step);
}

function errorChart(item, tolerance) {
    const most = Math.max(tolerance * 1.1, ...item.error, 1e-9);
    const y = value => 10 + (1 - value / most) * 84;
    const right = wide() - 16;
    const x = bin => 44 + (bin + 0.5) / item.error.length * (right - 44);
    const parts = ticks(0, most, 3).flatMap(value => [line(44, y(value), right, y(value), 'grid'), label(40, y(value) + 3, short(value), 'end')]);
    const start = item.firstStep ?? 0;
    const last = start + item.error.length * item.binSteps;
    const at = step => 44 + (step - start) / Math.max(1, last - start) * (right - 44);
    parts.push(...ticks(start, last, 5).map(step => label(at(step), 110, whole(step), 'middle')));
    parts.push(svg('path', { d: `M44 ${y(0)} ${item.error.map((value, bin) => `L${x(bin).toFixed(1)} ${y(value ?? 0).toFixed(1)}`).join(' ')} L${right} ${y(0)} Z`, class: 'area' }));
    parts.push(line(44, y(tolerance), right, y(tolerance), 'limit'));
    if (item.firstBeyond != null) {
        const x = at(item.firstBeyond);
        const isLate = x > right - 104;
        parts.push(line(x, 8, x, 94, 'first'), label(isLate ? x - 4 : x + 4, 16, `a unit first past it at ${whole(item.firstBeyond)}`, isLate ? 'end' : 'start', 'name'));
    }
    const id = item.layer === '' ? 'chart-error-output' : `chart-error-${item.layer}-${item.quantity}`;
    const beyond = item.firstBeyond === null ? 'never past the tolerance' : `past the tolerance first at step ${whole(item.firstBeyond)}`;
    return figure(id, `Error of ${item.name}${item.where}`, drawing(wide(), 116, ...parts), `rms ${real(item.rms)}, largest ${real(item.largest)} at step ${whole(item.largestStep)}, ${beyond}.`, () => ({
        caption: `Error of ${item.name}, rms of ${item.binSteps} steps a row`, heads: ['from step', 'rms error'],
        rows: item.error.map((value, bin) => [whole(start + bin * item.binSteps), real(value)]),
    }));
}
