// The stack of lanes over one time axis: which there are, how they are laid out, drawn, pointed at, described and shown as tables.

import { axis, prepare, stepAt } from './axis.js';
import { css, diverging, isDark, sequential, themed } from './colour.js';
import { byId, calm, element, say, table } from './dom.js';
import { hasEvents } from './events.js';
import { cursorPlace, heatLane } from './lane-heat.js';
import { axisLane, channelLane, eventLane, outputLane, scoreLane, textLane } from './lane-series.js';
import { traceLane } from './lane-trace.js';
import { short } from './numbers.js';
import { chooseUnit, hasLayers, layerOf, model, moveCursor, pan, set, state, zoom } from './state.js';
import { hasText } from './text.js';

const ROWS = 400;
let lanes = [];
let built = '';
let left = 0;
const open = new Set();

/** Every lane there could be, for the menu that hides some: [id, title]. */
export const allLanes = () => [...seriesLanes(), ...model().layers.flatMap(layer => layerLanes(layer.index))].map(lane => [lane.id, laneName(lane)]);

export const laneName = lane => model().layers.length > 1 && lane.layer !== undefined ? `${lane.title}, layer ${lane.layer}` : lane.title;

/** The lanes as they stand, for the picture. */
export const shownLanes = () => lanes;

const seriesLanes = () => [
    hasText() ? textLane() : channelLane(),
    ...(hasEvents() ? [eventLane()] : []),
    ...(model().hasScore ? [scoreLane()] : []),
];

const layerLanes = index => [...layerOf(index).quantities.map(quantity => heatLane(index, quantity)), traceLane(index)];

/** Makes the lanes anew when the model, the layer or what is hidden has changed. */
export function buildLanes() {
    const layers = state.allLayers || !hasLayers() ? model().layers.map(layer => layer.index) : [layerOf().index];
    const stamp = JSON.stringify([state.model, layers, state.hidden, hasEvents()]);
    if (stamp === built) {
        return;
    }
    built = stamp;
    const groups = [[null, [axisLane(), ...seriesLanes()]], ...layers.map(index => [index, layerLanes(index)]), [null, hasText() ? [] : [outputLane()]]];
    lanes = [];
    const nodes = [];
    for (const [index, group] of groups) {
        const shown = group.filter(lane => !state.hidden.includes(lane.id));
        if (index !== null && model().layers.length > 1 && shown.length > 0) {
            const layer = layerOf(index);
            nodes.push(element('h3', { class: 'layer-head' }, `layer ${index} · ${layer.name} · ${layer.kind.toUpperCase()} of ${layer.units} units`));
        }
        for (const lane of shown) {
            nodes.push(laneNode(lane));
            lanes.push(lane);
        }
    }
    byId('lanes').replaceChildren(...nodes);
}

function laneNode(lane) {
    lane.canvas = element('canvas', { id: `lane-${lane.id}` });
    lane.head = element('div', { class: 'lane-head' });
    lane.node = element('div', { class: `lane lane-${lane.kind}`, 'data-lane': lane.id }, lane.head, element('div', { class: 'lane-body' }, lane.canvas));
    if (lane.kind === 'axis') {
        lane.canvas.setAttribute('aria-hidden', 'true');
        listenPointer(lane);
        return lane.node;
    }
    lane.canvas.setAttribute('role', 'img');
    lane.text = element('p', { class: 'unseen', id: `text-${lane.id}` });
    lane.canvas.setAttribute('aria-describedby', lane.text.id);
    lane.name = element('span', { class: 'lane-title' });
    lane.button = element('button', { type: 'button', class: 'as-table', 'aria-expanded': 'false', onclick: () => toggleTable(lane) }, 'table');
    lane.key = element('div', { class: 'lane-key' });
    lane.head.append(element('div', { class: 'lane-name' }, lane.name, lane.button), lane.key);
    lane.tableHost = element('div', { class: 'lane-table', hidden: true });
    lane.node.append(lane.text, lane.tableHost);
    listenPointer(lane);
    return lane.node;
}

/** Takes the lanes' width and place from the page; called when either may have changed. */
export function measureLanes() {
    const first = lanes[0]?.canvas.getBoundingClientRect();
    if (first) {
        axis.width = Math.round(first.width);
        left = first.left - byId('stack').getBoundingClientRect().left;
    }
}

/** Draws every lane. */
export function drawLanes() {
    if (lanes.length === 0 || axis.width === 0) {
        return;
    }
    for (const lane of lanes) {
        const height = lane.height();
        if (lane.tall !== height) {
            lane.tall = height;
            lane.canvas.style.height = `${height}px`;
        }
        lane.draw(prepare(lane.canvas, axis.width, height), axis.width, height);
        if (lane.kind !== 'axis') {
            drawHead(lane);
        }
    }
    describeLanes();
}

function drawHead(lane) {
    say(lane.name, lane.title);
    lane.canvas.setAttribute('aria-label', laneName(lane));
    lane.button.setAttribute('aria-label', `${laneName(lane)} as a table`);
    const what = lane.legend ? lane.legend() : lane.keys();
    const stamp = JSON.stringify([what, document.documentElement.dataset.theme]);
    if (lane.keyStamp !== stamp) {
        lane.keyStamp = stamp;
        lane.key.replaceChildren(...(lane.legend ? legendNodes(what) : keyNodes(what)));
    }
}

function legendNodes({ low, high, isSigned, note }) {
    const ramp = isSigned ? diverging(isDark()) : sequential();
    const colours = Array.from({ length: 24 }, (_, i) => css(ramp, i / 23));
    const strip = element('canvas', { class: 'ramp', width: colours.length, height: 1, 'aria-hidden': 'true' });
    const context = strip.getContext('2d');
    colours.forEach((colour, i) => {
        context.fillStyle = colour;
        context.fillRect(i, 0, 1, 1);
    });
    return [element('span', {}, short(low)), strip, element('span', {}, note ? `${short(high)} (${note})` : short(high))];
}

function keyNodes(keys) {
    return keys.slice(0, 6).map(key => {
        const swatch = element('span', { class: `swatch${key.dash ? ' dashed' : ''}${key.block ? ' block' : ''}`, 'aria-hidden': 'true' });
        swatch.style.borderColor = themed(key.colour);
        return element('span', { class: 'key', title: key.name }, swatch, key.name);
    });
}

const describeLanes = calm(() => {
    for (const lane of lanes) {
        if (lane.text) {
            say(lane.text, lane.describe());
        }
        if (open.has(lane.id)) {
            fillTable(lane);
        }
    }
}, 250);

/** Brings texts and tables up to date after the cursor moved. */
export const redescribe = () => describeLanes();

function toggleTable(lane) {
    open.has(lane.id) ? open.delete(lane.id) : open.add(lane.id);
    lane.button.setAttribute('aria-expanded', String(open.has(lane.id)));
    lane.tableHost.hidden = !open.has(lane.id);
    lane.tableHost.replaceChildren();
    if (open.has(lane.id)) {
        fillTable(lane);
    }
}

function fillTable(lane) {
    const { caption, heads, row, rows } = lane.table();
    const count = Math.min(ROWS, state.to - state.from);
    const made = rows ?? Array.from({ length: count }, (_, i) => row(state.from + i));
    const cut = !rows && count < state.to - state.from ? ` (the first ${count} of ${state.to - state.from} steps in view; zoom in or export for the others)` : '';
    const stamp = JSON.stringify([caption, heads, made]);
    if (lane.tableStamp !== stamp || lane.tableHost.childElementCount === 0) {
        lane.tableStamp = stamp;
        lane.tableHost.replaceChildren(table(`${caption}, steps ${state.from} to ${state.to - 1}${cut}`, heads, made));
    }
    lane.tableHost.hidden = false;
    lane.button.setAttribute('aria-expanded', 'true');
}

/** Puts the cursor's line where its step is. */
export function drawCursor() {
    const line = byId('cursor-line');
    line.hidden = lanes.length === 0 || state.cursor < state.from || state.cursor >= state.to;
    if (!line.hidden) {
        const place = cursorPlace();
        line.style.transform = `translateX(${left + place.left}px)`;
        line.style.width = `${place.across}px`;
    }
}

function listenPointer(lane) {
    const { canvas } = lane;
    const place = event => {
        const bounds = canvas.getBoundingClientRect();
        return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    };
    let drag = null;
    canvas.addEventListener('pointerdown', event => {
        if (event.button !== 0) {
            return;
        }
        const { x, y } = place(event);
        canvas.setPointerCapture(event.pointerId);
        drag = { x, from: state.from, isPan: event.altKey };
        if (!drag.isPan) {
            moveCursor(stepAt(x));
            if (lane.unitAt) {
                chooseUnit(lane.unitAt(y), lane.layer);
            }
        }
    });
    canvas.addEventListener('pointermove', event => {
        const { x, y } = place(event);
        if (drag?.isPan) {
            pan(Math.round(drag.from - (x - drag.x) / axis.width * (state.to - state.from)) - state.from);
        } else if (drag) {
            moveCursor(stepAt(x));
        }
        const step = stepAt(x);
        showTip(event, lane.tip(step, lane.unitAt?.(y)));
    });
    canvas.addEventListener('pointerup', () => { drag = null; });
    canvas.addEventListener('pointerleave', () => { byId('tip').hidden = true; });
    canvas.addEventListener('wheel', event => onWheel(event, place(event).x), { passive: false });
}

function onWheel(event, x) {
    const across = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
    if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(event.deltaY > 0 ? 1.25 : 0.8, stepAt(x));
    } else if (across !== 0) {
        event.preventDefault();
        pan(Math.round(across / axis.width * (state.to - state.from)) || Math.sign(across));
        set({ follow: false });
    }
}

function showTip(event, lines) {
    const tip = byId('tip');
    tip.hidden = lines.length === 0;
    tip.replaceChildren(...lines.map(line => element('div', {}, line)));
    const wide = tip.offsetWidth;
    const left = event.clientX + 14 + wide > window.innerWidth ? Math.max(4, event.clientX - wide - 10) : event.clientX + 14;
    tip.style.transform = `translate(${left}px, ${Math.min(window.innerHeight - tip.offsetHeight - 4, event.clientY + 14)}px)`;
}
