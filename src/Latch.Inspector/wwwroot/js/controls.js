// The bar, the tabs, the transport and the row above the lanes: what they show and what they do.

import { byId, element, option, say } from './dom.js';
import { allLanes } from './lanes.js';
import { go, speeds, step, toggle } from './player.js';
import { help } from './keys.js';
import { time, whole } from './numbers.js';
import { shows, showNow } from './quantities.js';
import { chooseUnit, hasLayers, layerOf, model, moveCursor, set, showRange, state, togglePin, unitOf, zoom } from './state.js';
import { release } from './forces.js';
import { hasText } from './text.js';

const views = ['replay', 'statistics', 'shadow', 'attention'];

export function listenControls() {
    on('play', 'click', toggle);
    on('back', 'click', () => step(-1));
    on('on', 'click', () => step(1));
    on('first', 'click', () => go(state.firstStep));
    on('last', 'click', () => go(state.steps - 1));
    on('scrub', 'input', event => { set({ follow: false }); moveCursor(Number(event.target.value)); });
    on('speed', 'change', event => set({ speed: Number(event.target.value) }));
    on('loop', 'change', event => set({ loop: event.target.value }));
    on('zoom-in', 'click', () => zoom(0.7));
    on('zoom-out', 'click', () => zoom(1 / 0.7));
    on('fit', 'click', () => showRange(state.firstStep, state.steps));
    on('model', 'change', event => set({ model: Number(event.target.value), layer: 0, show: 'base' }));
    on('layer', 'change', event => event.target.value === 'all' ? set({ allLayers: true }) : set({ allLayers: false, layer: Number(event.target.value) }));
    on('sort', 'change', event => set({ sort: event.target.value }));
    on('by', 'change', event => set({ by: event.target.value }));
    on('show', 'change', event => set({ show: event.target.value }));
    on('trace', 'change', event => set({ trace: event.target.value }));
    on('output', 'change', event => set({ output: Number(event.target.value) }));
    on('height', 'input', event => set({ height: Number(event.target.value) }));
    on('unit', 'input', event => {
        const unit = Number(event.target.value);
        if (event.target.value !== '' && Number.isInteger(unit) && unit >= 0 && unit < layerOf().units) {
            chooseUnit(unit);
        }
    });
    on('pin', 'click', () => togglePin(unitOf()));
    on('release', 'click', release);
    on('theme', 'change', event => set({ theme: event.target.value }));
    on('help-open', 'click', () => byId('help').showModal());
    on('tolerance', 'change', event => { if (Number(event.target.value) > 0) { set({ tolerance: Number(event.target.value) }); } });
    on('shortcuts', 'change', event => set({ shortcuts: event.target.checked }));
    byId('speed').append(...speeds.map(speed => option(speed, `${speed} a second`)));
    byId('keys').append(...help.flatMap(([key, what]) => [element('dt', {}, key), element('dd', {}, what)]));
    listenTabs();
    for (const dialog of document.querySelectorAll('dialog')) {
        dialog.addEventListener('click', event => { if (event.target === dialog) { dialog.close(); } });
    }
}

function on(id, event, action) {
    byId(id).addEventListener(event, action);
}

function listenTabs() {
    for (const view of views) {
        on(`tab-${view}`, 'click', () => set({ view }));
    }
    byId('tabs').addEventListener('keydown', event => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by) {
            const shown = views.filter(view => !byId(`tab-${view}`).hidden);
            const view = shown[(shown.indexOf(state.view) + by + shown.length) % shown.length];
            set({ view });
            byId(`tab-${view}`).focus();
        }
    });
}

/** Fills what depends on the model: choices of layers, gates, channels, lanes. */
export function buildControls() {
    const { models, input } = state.session;
    fill('model', models.map(item => [item.id, item.name]), state.model);
    byId('model-field').hidden = models.length < 2;
    const layers = model().layers;
    fill('layer', [['all', 'all layers'], ...layers.map(layer => [layer.index, `layer ${layer.index}`])], state.allLayers ? 'all' : state.layer);
    byId('layer-field').hidden = layers.length < 2;
    const gates = layerOf().quantities.filter(quantity => quantity.kind === 'gate' || quantity.kind === 'candidate');
    if (!gates.some(gate => gate.id === state.by)) {
        const keeps = gates.find(gate => gate.id === 'forget' || gate.id === 'update') ?? gates[0];
        state.by = keeps?.id ?? '';
    }
    fill('by', gates.map(gate => [gate.id, gate.title.replace(' (candidate)', '')]), state.by);
    fill('show', shows(), showNow());
    fill('output', model().outputs.map((name, i) => [i, name]), state.output);
    byId('output-field').hidden = hasText() || model().outputs.length < 2;
    byId('trace-field').hidden = layerOf().kind.toLowerCase() !== 'lstm';
    byId('tab-shadow').hidden = !model().tracks.includes('float');
    byId('tab-attention').hidden = !model().attention;
    byId('tab-statistics').hidden = !hasLayers();
    for (const id of ['unit-card', 'values-table', 'drift-card', 'sort-field', 'show-field']) {
        byId(id).hidden = !hasLayers();
    }
    byId('channels-menu').hidden = hasText();
    checks('channels', input.names.map((name, i) => [i, input.units[i] ? `${name} [${input.units[i]}]` : name]), value => state.channels.includes(Number(value)), toggleChannel);
    checks('lanes-choice', allLanes(), value => !state.hidden.includes(value), toggleLane);
    say(byId('title'), state.session.title);
    say(byId('facts'), `${model().file} · ${layers.map(layer => `${layer.kind.toUpperCase()} ${layer.units}`).join(' + ') || 'no recurrent layer'} · kernel ${model().kernel}`);
    document.title = `${state.session.title} · latch studio`;
}

function toggleChannel(value, isOn) {
    const channel = Number(value);
    set({ channels: isOn ? [...state.channels, channel].sort((a, b) => a - b) : state.channels.filter(other => other !== channel) });
}

function toggleLane(value, isOn) {
    set({ hidden: isOn ? state.hidden.filter(id => id !== value) : [...state.hidden, value] });
}

function fill(id, choices, value) {
    const select = byId(id);
    const stamp = JSON.stringify(choices);
    if (select.dataset.stamp !== stamp) {
        select.dataset.stamp = stamp;
        select.replaceChildren(...choices.map(([choice, text]) => option(choice, text)));
    }
    select.value = String(value);
}

function checks(id, choices, isOn, change) {
    const host = byId(id);
    const stamp = JSON.stringify(choices);
    if (host.dataset.stamp !== stamp) {
        host.dataset.stamp = stamp;
        host.replaceChildren(...choices.map(([value, text]) => element('label', { class: 'check' },
            element('input', { type: 'checkbox', value, onchange: event => change(String(value), event.target.checked) }), text)));
    }
    for (const box of host.querySelectorAll('input')) {
        box.checked = isOn(box.value);
    }
}

/** Brings the transport and the selects to the state. */
export function drawControls() {
    const scrub = byId('scrub');
    scrub.min = state.firstStep;
    scrub.max = Math.max(state.firstStep, state.steps - 1);
    scrub.value = state.cursor;
    const rate = state.session.sampleRateHz;
    say(byId('cursor-step'), whole(state.cursor));
    say(byId('cursor-of'), ` / ${whole(state.steps)}${rate ? ` · ${time(state.cursor / rate)}` : ''}`);
    scrub.setAttribute('aria-valuetext', `step ${state.cursor} of ${state.steps}`);
    byId('play').setAttribute('aria-label', state.playing ? 'pause' : 'play');
    byId('play').classList.toggle('is-playing', state.playing);
    for (const name of ['speed', 'loop', 'sort', 'by', 'trace', 'theme', 'output', 'model']) {
        byId(name).value = String(state[name]);
    }
    byId('show').value = showNow();
    byId('height').value = state.height;
    if (document.activeElement !== byId('tolerance')) {
        byId('tolerance').value = state.tolerance;
    }
    byId('by-field').hidden = !hasLayers() || state.sort !== 'saturation' && state.sort !== 'mean';
    byId('tolerance-field').hidden = state.view !== 'shadow';
    drawOverview();
    for (const view of views) {
        const isShown = state.view === view;
        byId(`view-${view}`).hidden = !isShown;
        byId(`tab-${view}`).setAttribute('aria-selected', String(isShown));
        byId(`tab-${view}`).tabIndex = isShown ? 0 : -1;
    }
}

// The stretch in view, under the slider.
function drawOverview() {
    const held = Math.max(1, state.steps - state.firstStep);
    const part = byId('in-view');
    part.style.left = `${100 * (state.from - state.firstStep) / held}%`;
    part.style.width = `${Math.max(0.3, 100 * (state.to - state.from) / held)}%`;
}

