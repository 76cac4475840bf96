// The statistics view: half-life per unit, saturation scatter, rail hits, warm-up, readings outside the calibrated range, dead units.

import { byId, element, rebuild, svg } from './dom.js';
import { drawing, figure, isNarrow, label, line, wide } from './figure.js';
import { percent, real, short, ticks, time, whole } from './numbers.js';
import { statistics } from './order.js';
import { nameOf } from './quantities.js';
import { hasText } from './text.js';
import { chooseUnit, hasLayers, isForced, layerOf, set, state, unitOf } from './state.js';

/** Draws the view, or says that it is on its way. */
export function drawStatistics() {
    const host = byId('statistics');
    if (!hasLayers()) {
        host.replaceChildren(element('p', { class: 'hint' }, 'This model has no recurrent layer, so there are no gates to count.'));
        host.dataset.stamp = '';
        return;
    }
    const track = state.statisticsTrack === 'forced' && isForced() ? 'forced' : 'base';
    const found = statistics(state.model, track);
    const stamp = JSON.stringify([state.model, state.layer, track, found?.steps, unitOf(), isForced(), state.statisticsTrack, isNarrow()]);
    if (host.dataset.stamp === stamp && found) {
        return;
    }
    host.dataset.stamp = stamp;
    const of = found?.layers.find(item => item.layer === state.layer);
    if (!of) {
        host.replaceChildren(element('p', { class: 'hint' }, 'Statistics are being computed …'));
        return;
    }
    rebuild(host, trackSwitch(track), tiles(found, of), element('div', { class: 'charts' }, gateChart(of), halfLifeChart(found, of),
        ...(of.units[0]?.below ? of.gates.map((gate, i) => scatter(of, gate, i)) : []), ...inputChart(of)));
}

function trackSwitch(track) {
    if (!isForced()) {
        return '';
    }
    const button = (id, text) => element('button', { type: 'button', 'aria-pressed': String(track === id), onclick: () => set({ statisticsTrack: id }) }, text);
    return element('div', { class: 'switch', role: 'group', 'aria-label': 'run' }, button('base', 'untouched run'), button('forced', 'forced run'));
}

function tiles(found, of) {
    const dead = of.units.filter(unit => unit.dead).map(unit => unit.unit);
    const lives = of.units.map(unit => unit.halfLife).filter(value => value > 0).sort((a, b) => a - b);
    // A character is one 1 among 0s: always at an end.
    const outside = hasText() ? null : of.inputs?.outOfRange ?? null;
    const tile = (id, name, text, more = '', tone = '') => element('div', { class: `tile ${tone}`, 'data-tile': id },
        element('span', { class: 'tile-name' }, name), element('span', { class: 'tile-value' }, text), element('span', { class: 'tile-more' }, more));
    return element('div', { class: 'tiles' },
        tile('steps', 'steps', whole(found.steps), found.warmUp == null ? '' : `warm-up ${whole(found.warmUp)} steps`),
        tile('outOfRange', 'readings at or past the calibrated ends', percent(outside, 2), outside === null ? '' : outside > 0.01 ? 'more than 1 %: quantize with data like these' : 'within what was calibrated', outside > 0.01 ? 'warn' : ''),
        tile('halfLife', 'half-life, median unit', lives.length ? `${real(lives[lives.length >> 1])} steps` : '–', lives.length ? `longest ${real(lives.at(-1))} steps` : 'this cell has no gate that keeps'),
        tile('saturations', 'saturated states', whole(of.cellSaturations + of.hiddenSaturations), `c ${whole(of.cellSaturations)}, h ${whole(of.hiddenSaturations)}, output ${whole(of.outputSaturations)}`),
        tile('dead', 'dead units', of.units.some(unit => unit.dead !== null) ? whole(dead.length) : '–', dead.length ? `units ${dead.slice(0, 8).join(', ')}${dead.length > 8 ? ' …' : ''}` : of.units.some(unit => unit.dead !== null) ? 'every unit moves' : '', dead.length ? 'warn' : ''));
}

const quantileHeads = ['1 %', '5 %', '25 %', '50 %', '75 %', '95 %', '99 %'];

// Shares are of values in the lowest and the highest tenth of a gate's range: below 0.1 and above 0.9 of a gate, below -0.8 and above 0.8 of -1 to 1.
function endsOf(of, id) {
    const found = layerOf(of.layer).quantities.find(quantity => quantity.id === id);
    const [low, high] = [found?.low ?? 0, found?.high ?? 1];
    const tenth = (high - low) / 10;
    return { below: `below ${short(low + tenth)}`, above: `above ${short(high - tenth)}` };
}

const titleOf = (of, gate) => nameOf(layerOf(of.layer).quantities.find(quantity => quantity.id === gate) ?? { title: gate, id: gate });

// One row a gate: quantiles as a box, the mean as a dot, and the counts beside it.
function gateChart(of) {
    const tall = isNarrow() ? 44 : 30;
    const height = tall * of.gates.length + 26;
    const [begin, across] = isNarrow() ? [106, 236] : [130, 240];
    const quantiles = gate => gate.quantiles ?? [-2, -2, -1, 0, 1, 2, 2].map(k => gate.mean + k * gate.deviation / 2);
    const signed = of.gates.some(gate => quantiles(gate)[0] < -0.001);
    const place = signed ? value => begin + (value + 1) / 2 * across : value => begin + value * across;
    const parts = (signed ? [-1, -0.5, 0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).flatMap(value =>
        [line(place(value), 4, place(value), height - 20, 'grid'), label(place(value), height - 6, short(value), 'middle')]);
    of.gates.forEach((gate, i) => {
        const y = 18 + tall * i;
        const q = quantiles(gate);
        parts.push(label(0, y + 4, titleOf(of, gate.gate).replace(' (candidate)', ''), 'start', 'name'),
            line(place(q[0]), y, place(q[6]), y, 'whisker'),
            svg('rect', { x: place(q[2]), y: y - 7, width: Math.max(1, place(q[4]) - place(q[2])), height: 14, class: 'box' }),
            line(place(q[3]), y - 7, place(q[3]), y + 7, 'median'),
            svg('circle', { cx: place(gate.mean), cy: y, r: 3, class: 'dot' }),
            label(isNarrow() ? begin : 380, isNarrow() ? y + 20 : y + 4, `${percent(gate.below)} · ${percent(gate.above)} · ${whole(gate.railHits)}`, 'start', isNarrow() ? 'tick' : 'name'));
    });
    parts.push(isNarrow() ? '' : label(380, height - 6, 'lowest · highest tenth · rail hits'));
    const text = of.gates.map(gate => `${titleOf(of, gate.gate)}: mean ${real(gate.mean)}, median ${real(gate.quantiles?.[3])}, ${percent(gate.below)} ${endsOf(of, gate.gate).below}, ${percent(gate.above)} ${endsOf(of, gate.gate).above}, ${whole(gate.railHits)} rail hits`).join('; ');
    return figure('chart-gates', 'Gates over all units and steps', drawing(wide(), height, ...parts), text, () => ({
        caption: 'Gates over all units and steps',
        heads: ['gate', 'mean', 'deviation', 'in the lowest tenth', 'in the highest tenth', 'rail hits', ...quantileHeads],
        rows: of.gates.map(gate => [titleOf(of, gate.gate), real(gate.mean), real(gate.deviation), percent(gate.below), percent(gate.above), whole(gate.railHits), ...quantileHeads.map((_, i) => real(gate.quantiles?.[i]))]),
    }), `${of.gates[0].quantiles ? 'Box: middle half; line: 1 % to 99 %; dot: mean.' : 'Dot: mean; box and line: half and one deviation about it.'} Numbers: share in the lowest tenth of the gate’s range, share in the highest (below 0.1 and above 0.9 of a gate from 0 to 1; below −0.8 and above 0.8 of a candidate from −1 to 1), rail hits (pre-activations limited at the end of their format).`);
}

function halfLifeChart(found, of) {
    const rate = state.session.sampleRateHz;
    const units = of.units.filter(unit => unit.halfLife > 0).sort((a, b) => b.halfLife - a.halfLife);
    if (units.length === 0) {
        return element('figure', { id: 'chart-half-life', class: 'chart' }, element('figcaption', {}, 'Half-life per unit'), element('p', { class: 'hint' }, 'This cell has no gate that keeps its state: there is no half-life.'));
    }
    const limit = units.find(unit => unit.formatLimit)?.formatLimit ?? null;
    const [low, high] = [Math.floor(Math.log10(units.at(-1).halfLife)), Math.ceil(Math.log10(Math.max(units[0].halfLife * 1.01, limit ?? 0)))];
    const y = value => 12 + (high - Math.log10(value)) / Math.max(1, high - low) * 190;
    const right = wide() - 10;
    const x = place => 60 + (place + 0.5) / units.length * (right - 60);
    const parts = [];
    for (let power = low; power <= high; power += Math.max(1, Math.ceil((high - low) / 6))) {
        parts.push(line(60, y(10 ** power), right, y(10 ** power), 'grid'), label(54, y(10 ** power) + 4, power > 5 ? `10${[...String(power)].map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit]).join('')}` : power < 0 ? short(10 ** power) : whole(10 ** power), 'end'));
    }
    if (limit) {
        parts.push(line(60, y(limit), right, y(limit), 'limit'), label(right, y(limit) + 12, `limit of the number format ${whole(limit)}`, 'end'));
    }
    units.forEach((unit, place) => {
        parts.push(line(x(place), y(unit.halfLife), x(place), 202, 'stem'), dot(unit, x(place), y(unit.halfLife), `unit ${unit.unit}: ${real(unit.halfLife)} steps`));
    });
    parts.push(label((60 + right) / 2, 222, 'units, longest memory first', 'middle'));
    const seconds = value => rate && value !== null ? time(value) : '–';
    return figure('chart-half-life', 'Half-life per unit, steps', drawing(wide(), 228, ...parts),
        `Longest: unit ${units[0].unit} with ${real(units[0].halfLife)} steps; median ${real(units[units.length >> 1].halfLife)}; shortest ${real(units.at(-1).halfLife)}. Limit of the format ${whole(limit)}.`,
        () => ({
            caption: 'Half-life per unit',
            heads: ['unit', 'half-life, steps', ...(rate ? ['half-life, seconds'] : []), 'limit of the format', 'drift of c', 'dead'],
            rows: of.units.map(unit => [String(unit.unit), real(unit.halfLife), ...(rate ? [unit.halfLifeSeconds == null ? '–' : `${real(unit.halfLifeSeconds)} (${seconds(unit.halfLifeSeconds)})`] : []), whole(unit.formatLimit), real(unit.cDrift), unit.dead == null ? '–' : unit.dead ? 'yes' : 'no']),
        }));
}

// Where readings lay within what was calibrated: a line for the calibrated range, a bar for what was seen.
function inputChart(of) {
    const channels = (of.inputs?.channels ?? []).filter(item => item.channel !== null).slice(0, 60);
    if (hasText() || channels.length === 0) {
        return [];
    }
    const height = 15 * channels.length + 22;
    const [low, high] = [Math.min(...channels.map(item => Math.min(item.low, item.least))), Math.max(...channels.map(item => Math.max(item.high, item.greatest)))];
    const right = wide() - 70;
    const x = value => 116 + (value - low) / (high - low || 1) * (right - 116);
    const parts = ticks(low, high, 5).flatMap(value => [line(x(value), 2, x(value), height - 18, 'grid'), label(x(value), height - 6, short(value), 'middle')]);
    channels.forEach((item, i) => {
        const y = 10 + 15 * i;
        const share = item.atLow + item.atHigh;
        parts.push(label(0, y + 4, item.channel, 'start', 'name'), line(x(item.low), y, x(item.high), y, 'whisker'),
            svg('rect', { x: x(item.least), y: y - 4, width: Math.max(1.5, x(item.greatest) - x(item.least)), height: 8, class: share > 0.01 ? 'box warn' : 'box' }),
            label(right + 8, y + 4, percent(share, 2), 'start', 'tick'));
    });
    const worst = channels.reduce((most, item) => item.atLow + item.atHigh > most.atLow + most.atHigh ? item : most);
    return [figure('chart-inputs', 'Readings within their calibrated range', drawing(wide(), height, ...parts),
        `${channels.length} channels; most at an end: ${worst.channel} with ${percent(worst.atLow + worst.atHigh, 2)} of its readings.`, () => ({
            caption: 'Readings within their calibrated range, normalised', heads: ['channel', 'calibrated from', 'to', 'seen from', 'to', 'at or below', 'at or above'],
            rows: channels.map(item => [item.channel, real(item.low), real(item.high), real(item.least), real(item.greatest), percent(item.atLow, 2), percent(item.atHigh, 2)]),
        }), 'Line: calibrated; bar: seen; number: share of readings at or past an end. Units are those of the normalised channel.')];
}

// Share of steps in the lowest tenth of the range against share in the highest, a dot a unit: at the corners a gate is a switch, at the origin it works in between.
function scatter(of, gate, index) {
    const { below, above } = endsOf(of, gate.gate);
    const at = share => 40 + share * 200;
    const parts = [0, 0.25, 0.5, 0.75, 1].flatMap(share => [
        line(at(share), 12, at(share), 212, 'grid'), line(40, 212 - share * 200, 240, 212 - share * 200, 'grid'),
        label(at(share), 226, String(share), 'middle'), label(34, 216 - share * 200, String(share), 'end'),
    ]);
    parts.push(line(40, 12, 240, 212, 'limit'));
    for (const unit of of.units) {
        parts.push(dot(unit, at(unit.below[index]), 212 - unit.above[index] * 200, `unit ${unit.unit}: below ${percent(unit.below[index])}, above ${percent(unit.above[index])}`));
    }
    parts.push(label(140, 242, `share of steps ${below}`, 'middle'), svg('text', { transform: 'translate(9 112) rotate(-90)', 'text-anchor': 'middle', class: 'tick' }, `share ${above}`));
    const title = titleOf(of, gate.gate);
    const open = of.units.filter(unit => unit.above[index] > 0.5).length;
    const closed = of.units.filter(unit => unit.below[index] > 0.5).length;
    return figure(`chart-scatter-${gate.gate}`, `Saturation: ${title}`, drawing(250, 248, ...parts),
        `${open} of ${of.units.length} units are ${above} more than half of the time, ${closed} ${below}.`,
        () => ({
            caption: `Saturation of the ${title}`, heads: ['unit', below, above, 'mean'],
            rows: of.units.map(unit => [String(unit.unit), percent(unit.below[index]), percent(unit.above[index]), real(unit.mean[index])]),
        }));
}

function dot(unit, cx, cy, text) {
    const isChosen = unit.unit === unitOf();
    return svg('circle', { cx, cy, r: isChosen ? 5.5 : 3.5, class: `dot${isChosen ? ' chosen' : ''}${unit.dead ? ' dead' : ''}`, onclick: () => chooseUnit(unit.unit) }, svg('title', {}, text));
}
