// The panel beside the lanes: the chosen unit's numbers at the cursor, and how much c and h move.

import { column, extent } from './axis.js';
import { CHUNK } from './data.js';
import { byId, calm, element, say } from './dom.js';
import { percent, real, visible, whole } from './numbers.js';
import { inputs, nameOf, outputs, pairOf, scores, trackOf } from './quantities.js';
import { hasLayers, isForced, layerOf, model, pinsOf, state, unitOf } from './state.js';
import { hasText, textAt } from './text.js';

let shape = '';

/** Brings the numbers at the cursor up to date. */
export function drawReadout() {
    const layer = layerOf();
    const unit = unitOf();
    say(byId('unit-layer'), model().layers.length > 1 ? `layer ${layer.index}, unit` : 'unit');
    const field = byId('unit');
    field.max = layer.units - 1;
    if (document.activeElement !== field || Number(field.value) !== unit) {
        field.value = unit;
    }
    const isPinned = pinsOf().includes(unit);
    byId('pin').setAttribute('aria-pressed', String(isPinned));
    say(byId('pin'), isPinned ? 'pinned' : 'pin');
    shapeRows(layer);
    layer.quantities.forEach((quantity, i) => fillRow(layer, quantity, unit, byId('values').rows[i]));
    drawContext();
}

function shapeRows(layer) {
    const stamp = `${state.model}.${layer.index}.${isForced()}`;
    if (shape === stamp) {
        return;
    }
    shape = stamp;
    byId('values-forced').hidden = !isForced();
    byId('values').replaceChildren(...layer.quantities.map(quantity => element('tr', { 'data-quantity': quantity.id },
        element('th', { scope: 'row' }, nameOf(quantity).replace(' (candidate)', '')), element('td', { class: 'value' }), element('td', { class: 'code' }),
        isForced() ? element('td', { class: 'forced' }) : null)));
}

function fillRow(layer, quantity, unit, row) {
    const base = trackOf('base', layer.index, quantity);
    say(row.cells[1], real(base.value(state.cursor, unit), 5));
    say(row.cells[2], whole(base.code(state.cursor, unit) ?? NaN));
    if (row.cells[3]) {
        const forced = trackOf('forced', layer.index, quantity);
        say(row.cells[3], real(forced.value(state.cursor, unit), 5));
        row.cells[3].title = `code ${whole(forced.code(state.cursor, unit) ?? NaN)}`;
    }
}

// The input at the cursor: the character and what the model expects next, or the score.
function drawContext() {
    const parts = [];
    if (hasText()) {
        parts.push(`character '${visible(textAt(state.cursor))}'`);
        const expected = expects('base');
        if (expected) {
            parts.push(`expects ${expected}`);
        }
        if (isForced() && expects('forced')) {
            parts.push(`forced expects ${expects('forced')}`);
        }
    } else {
        parts.push(...state.channels.slice(0, 3).map(channel =>
            `${state.session.input.names[channel]} ${real(inputs().value(state.cursor, channel))} ${state.session.input.units[channel] ?? ''}`.trim()));
    }
    if (model().hasScore) {
        parts.push(`score ${real(scores('base').value(state.cursor, 0))} of ${real(model().threshold)}`);
        if (isForced()) {
            parts.push(`forced score ${real(scores('forced').value(state.cursor, 0))}`);
        }
    }
    say(byId('context'), parts.join(' · '));
}

// The three most likely next characters, where the outputs are one a character.
function expects(track) {
    const names = state.session.input.names;
    if (model().outputs.length !== names.length) {
        return null;
    }
    const source = outputs(track);
    const values = names.map((_, i) => source.value(state.cursor, i));
    if (values.some(value => value !== value)) {
        return null;
    }
    const sum = values.reduce((a, b) => a + b, 0);
    const isShare = values.every(value => value >= -0.001) && Math.abs(sum - 1) < 0.05;
    const top = Math.max(...values);
    const weights = isShare ? values : values.map(value => Math.exp(value - top));
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight, i) => [weight / total, names[i]]).sort((a, b) => b[0] - a[0]).slice(0, 3)
        .map(([share, name]) => `'${visible(name)}' ${Math.round(100 * share)} %`).join(', ');
}

/** Mean change per step over the range seen, for the chosen unit and the median of all units. */
export const drawMeter = calm(() => {
    const layer = layerOf();
    if (!hasLayers()) {
        return;
    }
    const pair = pairOf(layer.index);
    const tracks = ['base', ...(isForced() ? ['forced'] : [])];
    const rows = tracks.flatMap(track => [pair.slow, pair.fast].filter(Boolean).map((quantity, i) => meterRow(layer, track, quantity, i === 0 ? 'slow' : 'fast')));
    const most = Math.max(...rows.map(row => row.change || 0)) || 1;
    for (const row of rows) {
        row.fill.style.width = `${100 * (row.change || 0) / most}%`;
    }
    byId('meter').replaceChildren(...rows.map(row => row.node));
    const ratio = pair.fast ? rows[1].change / rows[0].change : NaN;
    const middle = pair.fast ? medianRatio(layer, pair) : NaN;
    const [slow, fast] = [pair.slow.id, pair.fast?.id === 'hidden' ? 'the candidate' : pair.fast?.id];
    say(byId('meter-text'), !pair.fast ? `h is all the memory this cell has.`
        : Number.isFinite(ratio) ? `${fast} moves ${real(ratio, 3)} times as fast as ${slow}; median of all units ${real(middle, 3)} times.` : `${slow} or ${fast} stands still here.`);
}, 200);

function meterRow(layer, track, quantity, colour) {
    const change = drift(column(trackOf(track, layer.index, quantity), unitOf(), state.from, state.to));
    const bar = element('span', { class: 'bar' });
    const fill = element('span', { class: `fill ${colour}${track === 'forced' ? ' is-forced' : ''}` });
    bar.append(fill);
    const name = quantity.id === 'hidden' ? 'candidate' : quantity.id;
    return {
        change,
        fill,
        node: element('div', { class: 'meter-row', 'data-meter': `${track}-${quantity.id}` },
            element('span', { class: 'meter-name' }, track === 'forced' ? `${name} forced` : name), bar, element('span', { class: 'meter-value' }, percent(change, 2))),
    };
}

/** Mean |change per step| as a share of the range over the stretch; NaN when nothing moves. */
export function drift(values) {
    const { low, high } = extent(values);
    let [sum, count] = [0, 0];
    for (let i = 1; i < values.length; i++) {
        const change = Math.abs(values[i] - values[i - 1]);
        if (change === change) {
            sum += change;
            count++;
        }
    }
    return high > low ? sum / count / (high - low) : NaN;
}

function medianRatio(layer, pair) {
    const [slow, fast] = [pair.slow, pair.fast].map(quantity => drifts(trackOf('base', layer.index, quantity)));
    const ratios = fast.map((change, unit) => change / slow[unit]).filter(Number.isFinite).sort((a, b) => a - b);
    return ratios[ratios.length >> 1] ?? NaN;
}

// As drift, for every unit at once: one pass over the chunks as they lie.
function drifts(source) {
    const units = source.width;
    const [low, high, sum, before] = [Infinity, -Infinity, 0, NaN].map(value => new Float64Array(units).fill(value));
    let count = 0;
    for (let index = Math.floor(state.from / CHUNK); index * CHUNK < state.to; index++) {
        const chunk = source.chunk(index);
        if (!chunk) {
            before.fill(NaN);
            continue;
        }
        const last = Math.min(state.to, chunk.hi);
        for (let step = Math.max(state.from, chunk.lo); step < last; step++, count++) {
            const row = (step - chunk.start) * units;
            for (let unit = 0; unit < units; unit++) {
                const value = chunk.data[row + unit];
                low[unit] = value < low[unit] ? value : low[unit];
                high[unit] = value > high[unit] ? value : high[unit];
                const change = Math.abs(value - before[unit]);
                sum[unit] += change === change ? change : 0;
                before[unit] = value;
            }
        }
    }
    return Array.from(sum, (total, unit) => total / (count - 1) / (high[unit] - low[unit]));
}
