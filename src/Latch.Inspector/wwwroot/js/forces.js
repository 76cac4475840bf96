// Toggles of every gate that can be forced, and what the counterfactual came to.

import { postJson, getJson } from './api.js';
import { forget } from './data.js';
import { byId, calm, element, option, rebuild, say } from './dom.js';
import { parseUnits, percent, real, unitsText, whole } from './numbers.js';
import { forgetStatistics } from './order.js';
import { nameOf } from './quantities.js';
import { hasLayers, layerOf, model, moveCursor, pinsOf, set, state } from './state.js';

const hows = [['free', 'free'], ['open', 'open'], ['closed', 'closed'], ['value', 'value'], ['hold', 'hold']];
const rows = new Map();
let fail = () => {};
let turn = 0;

export function onForceError(listener) {
    fail = listener;
}

/** Makes the toggles for the current model from what is forced. */
export function buildForces() {
    rows.clear();
    if (!hasLayers()) {
        byId('gates').replaceChildren(element('p', { class: 'hint' }, 'This model has no recurrent layer: there is no gate to force.'));
        showDivergence();
        return;
    }
    if (model().window > 0) {
        byId('gates').replaceChildren(element('p', { class: 'hint' }, `This model takes windows of ${whole(model().window)} steps at once: its gates cannot be forced here.`));
        showDivergence();
        return;
    }
    const nodes = [];
    for (const layer of model().layers) {
        const gates = layer.quantities.filter(quantity => quantity.forceable);
        if (model().layers.length > 1) {
            nodes.push(element('h3', { class: 'layer-head' }, `layer ${layer.index} · ${layer.name}`));
        }
        nodes.push(...gates.map(gate => gateRow(layer, gate)));
        if (gates.length === 0) {
            nodes.push(element('p', { class: 'hint' }, `${layer.kind.toUpperCase()}: no gate can be forced.`));
        }
        const isCut = (state.cuts[state.model] ?? []).includes(layer.index);
        const box = element('input', { type: 'checkbox', id: `cut-${layer.index}`, onchange: apply });
        box.checked = isCut;
        nodes.push(element('label', { class: 'check' }, box, 'cut the recurrent product (it sees h = 0)'));
    }
    rebuild(byId('gates'), ...nodes);
    showDivergence();
}

function gateRow(layer, gate) {
    const key = `${layer.index}-${gate.id}`;
    const now = (state.forces[state.model] ?? []).find(force => force.layer === layer.index && force.gate === gate.id);
    const how = now?.how ?? 'free';
    const extra = element('div', { class: 'force-extra' });
    const row = { layer: layer.index, gate: gate.id, how, value: how === 'value' ? now.value : 0.5, mode: now?.units?.length ? 'list' : 'all', text: unitsText(now?.units ?? []), extra };
    rows.set(key, row);
    const choices = hows.map(([id, text]) => {
        const radio = element('input', { type: 'radio', name: `how-${key}`, value: id, class: 'unseen', onchange: () => { row.how = id; drawExtra(key, row); apply(); } });
        radio.checked = id === how;
        return element('label', {}, radio, element('span', {}, text));
    });
    drawExtra(key, row);
    return element('fieldset', { class: 'force', 'data-force': key }, element('legend', {}, nameOf(gate)), element('div', { class: 'segments' }, ...choices), extra);
}

function drawExtra(key, row) {
    row.extra.hidden = row.how === 'free';
    const parts = [];
    if (row.how === 'value') {
        const shown = element('output', { for: `value-${key}` }, real(row.value, 3));
        const slider = element('input', { type: 'range', min: 0, max: 1, step: 0.01, id: `value-${key}`, 'aria-label': `value of the ${row.gate} gate`,
            oninput: event => { row.value = Number(event.target.value); say(shown, real(row.value, 3)); apply(); } });
        slider.value = row.value;
        parts.push(element('div', { class: 'value-row' }, slider, shown));
    }
    const list = element('input', { type: 'text', placeholder: 'units, e.g. 0, 4-7', 'aria-label': `units of the ${row.gate} gate`, class: 'units-text',
        oninput: event => { row.text = event.target.value; apply(); } });
    list.value = row.text;
    list.hidden = row.mode !== 'list';
    const mode = element('select', { 'aria-label': `which units of the ${row.gate} gate`, onchange: event => { row.mode = event.target.value; list.hidden = row.mode !== 'list'; apply(); } },
        option('all', 'all units'), option('pinned', 'pinned units'), option('list', 'units …'));
    mode.value = row.mode;
    parts.push(element('div', { class: 'value-row' }, mode, list));
    row.extra.replaceChildren(...parts);
}

const apply = calm(() => send(), 180);

/** The pinned units changed: forces that name them are set anew. */
export function repin() {
    if ([...rows.values()].some(row => row.how !== 'free' && row.mode === 'pinned')) {
        apply();
    }
}

function read() {
    const forces = [];
    for (const row of rows.values()) {
        if (row.how === 'free') {
            continue;
        }
        const name = `layer ${row.layer}, ${row.gate} gate`;
        let units = [];
        if (row.mode === 'pinned') {
            units = pinsOf(row.layer);
        } else if (row.mode === 'list') {
            units = parseUnits(row.text, layerOf(row.layer).units);
        }
        if (units === null) {
            return { problem: `${name}: "${row.text}" is not a list of units from 0 to ${layerOf(row.layer).units - 1}; write for example 0, 4-7.` };
        }
        if (row.mode !== 'all' && units.length === 0) {
            return { problem: `${name}: ${row.mode === 'pinned' ? 'no unit of the layer is pinned; pin one first.' : 'name at least one unit, for example 0, 4-7.'}` };
        }
        forces.push({ layer: row.layer, gate: row.gate, how: row.how, value: row.value, units });
    }
    return { forces, cut: model().layers.map(layer => layer.index).filter(index => byId(`cut-${index}`)?.checked) };
}

async function send() {
    const { forces, cut, problem } = read();
    say(byId('force-state'), problem ?? '');
    if (!problem) {
        await force(state.model, forces, cut);
    }
}

/** Lets every gate of the model go. */
export async function release() {
    if (!state.divergence[state.model]) {
        return;
    }
    await force(state.model, [], []);
    buildForces();
}

/** Sets all forces of a model and takes over what the counterfactual came to. */
export async function force(id, forces, cut) {
    const mine = ++turn;
    say(byId('force-state'), 'running the counterfactual …');
    try {
        const answer = await postJson('/api/force', { model: id, forces, cut });
        if (mine === turn) {
            say(byId('force-state'), '');
            take(id, forces, cut, answer);
        }
    } catch (error) {
        say(byId('force-state'), '');
        fail(error.message);
    }
}

function take(id, forces, cut, answer) {
    forget(id, 'forced');
    forgetStatistics(id, 'forced');
    const isFree = forces.length === 0 && cut.length === 0;
    const divergence = { ...state.divergence };
    isFree ? delete divergence[id] : divergence[id] = answer;
    set({ forces: { ...state.forces, [id]: forces }, cuts: { ...state.cuts, [id]: cut }, divergence });
}

/** On a live session the counterfactual goes on: asks how far it is. */
export async function followDivergence() {
    if (state.divergence[state.model]) {
        await takeDivergence(state.model);
    }
}

/** Takes over what the server has of a counterfactual that is running. */
export async function takeDivergence(id) {
    try {
        const answer = await getJson('/api/divergence', { model: id });
        set({ divergence: { ...state.divergence, [id]: answer } });
    } catch {
        // Nothing is forced any more.
    }
}

/** What the counterfactual came to, in numbers. */
export function showDivergence() {
    const found = state.divergence[state.model];
    byId('divergence').hidden = !found;
    byId('release').hidden = !found && rows.size === 0;
    byId('release').setAttribute('aria-disabled', String(!found));
    if (!found) {
        return;
    }
    const { score, alarms } = found;
    const figures = [
        ['firstStep', 'outputs differ from step', found.firstStep == null ? 'never' : whole(found.firstStep)],
        ['largest', 'largest difference', real(found.largest)],
        ['rms', 'rms difference', real(found.rms)],
        ['pastShare', 'share due to the past', found.pastShare == null ? '–' : percent(found.pastShare)],
        ...(score ? [
            ['meanChange', 'mean change of score', real(score.meanChange)],
            ['largestChange', 'largest change of score', `${real(score.largestChange)} at step ${whole(score.largestStep)}`],
        ] : []),
        ...(alarms ? [['alarms', 'alarms untouched, forced', `${whole(alarms.base)}, ${whole(alarms.forced)}`]] : []),
    ];
    byId('figures').replaceChildren(...figures.map(([id, name, text]) => element('div', { 'data-figure': id }, element('dt', {}, name), element('dd', {}, text))));
    rebuild(byId('alarm-lists'), ...(alarms ? [alarmList('lost', alarms.lost), alarmList('gained', alarms.gained)] : []));
    byId('by-quantity').replaceChildren(...found.quantities.map(item => element('tr', { 'data-quantity': `${item.layer}-${item.quantity}` },
        element('th', { scope: 'row' }, model().layers.length > 1 ? `${item.quantity}, layer ${item.layer}` : item.quantity),
        element('td', {}, item.firstStep == null ? 'never' : whole(item.firstStep)), element('td', {}, real(item.largest)), element('td', {}, real(item.rms)))));
}

function alarmList(name, alarms) {
    const items = alarms.slice(0, 50).map(alarm => element('li', {}, element('button', { type: 'button', class: 'quiet', onclick: () => moveCursor(alarm.start) },
        `${whole(alarm.start)} to ${whole(alarm.end)}, ${alarm.channel} (${alarm.reason}, peak ${real(alarm.peak, 3)})`)));
    return element('div', { 'data-alarms': name }, element('h4', { class: name }, `alarms ${name}: ${alarms.length}`), items.length ? element('ul', {}, ...items) : '');
}
