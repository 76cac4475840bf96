// What a lane shows of a quantity: which tracks, in which range, in which colours.

import { getJson } from './api.js';
import { plane, series } from './data.js';
import { statistics } from './order.js';
import { isForced, model, quantityOf, state, layerOf, touch } from './state.js';

/** Codes or values of one quantity on one track. */
export function trackOf(track, layer, quantity) {
    return plane(state.model, track, layer, quantity.id, layerOf(layer).units, quantity.fractionBits);
}

export const inputs = () => series(0, 'base', 'input', state.session.input.names.length);
export const outputs = track => series(state.model, track, 'output', model().outputs.length);
export const scores = track => series(state.model, track, 'score', 1);

export const hasFloat = () => model().tracks.includes('float');

/** What can be shown now: base always, forced while something is forced, float where the model has it. */
export function shows() {
    return [
        ['base', 'untouched'],
        ...(isForced() ? [['forced', 'forced'], ['difference', 'forced − untouched']] : []),
        ...(hasFloat() ? [['float', 'float'], ['error', 'int8 − float']] : []),
    ];
}

/** The chosen show, or base where it has gone. */
export const showNow = () => shows().some(([id]) => id === state.show) ? state.show : 'base';

/** What a heat map draws: two sources (the second is taken off the first), a range, and whether it is about zero. */
export function viewOf(layer, quantity) {
    const track = name => trackOf(name, layer, quantity);
    switch (showNow()) {
        case 'forced': return { a: track('forced'), b: null, ...rangeOf(layer, quantity) };
        case 'float': return { a: track('float'), b: null, ...rangeOf(layer, quantity) };
        case 'difference': return { a: track('forced'), b: track('base'), ...about(largestChange(layer, quantity.id)) };
        case 'error': return { a: track('base'), b: track('float'), ...about(largestError(layer, quantity.id)) };
        default: return { a: track('base'), b: null, ...rangeOf(layer, quantity) };
    }
}

// A gate is 0 to 1; h and candidates are within 1. Cells differ in size by magnitudes, so each is shown over what it
// reached in the steps held of the untouched run, the same for every run and whatever part of it is here.
function rangeOf(layer, quantity) {
    if (quantity.kind === 'gate') {
        return { low: quantity.low ?? 0, high: quantity.high ?? 1, isSigned: false };
    }
    if (quantity.kind === 'cell') {
        const found = peaksOf(statistics(state.model, 'base')?.layers.find(item => item.layer === layer));
        if (found) {
            return { ...about(1), ...found };
        }
    }
    return about(Math.max(Math.abs(quantity.low ?? -1), Math.abs(quantity.high ?? 1)));
}

const known = new WeakMap();

// Rounded up, so that the colours of a running session change seldom.
function peaksOf(layer) {
    if (!layer?.units.every(unit => Number.isFinite(unit.cPeak))) {
        return null;
    }
    if (!known.has(layer)) {
        const peaks = layer.units.map(unit => roundUp(unit.cPeak));
        known.set(layer, { peaks, peaksVersion: peaks.join() });
    }
    return known.get(layer);
}

function roundUp(size) {
    const power = size > 0 ? 10 ** Math.floor(Math.log10(size)) : 0;
    return power * ([1, 1.5, 2, 3, 5, 7].find(factor => factor * power >= size * 0.9999) ?? 10);
}

const about = size => ({ low: -(size || 1e-6), high: size || 1e-6, isSigned: true });

// Differences are shown over five times their rms: a few large ones would leave the rest pale.
function spread(item) {
    return item ? Math.min(item.largest, 5 * item.rms) : 0;
}

function largestChange(layer, id) {
    return spread(state.divergence[state.model]?.quantities?.find(item => item.layer === layer && item.quantity === id)) || 1;
}

function largestError(layer, id) {
    return spread(shadow()?.quantities.find(item => item.layer === layer && item.quantity === id)) || 0.05;
}

const shadows = new Map();
let fail = () => {};

export function onShadowError(listener) {
    fail = listener;
}

/**
 * How far int8 is from float with the chosen tolerance; the last known answer while a new one is on its way, null before the first. On a live session it is
 * asked for again every five seconds.
 */
export function shadow() {
    if (!hasFloat()) {
        return null;
    }
    const key = `${state.model}.${state.tolerance}`;
    const item = shadows.get(key) ?? { value: null, steps: -1, at: -Infinity, loading: false };
    shadows.set(key, item);
    if (item.steps !== state.steps && !item.loading && performance.now() - item.at > 5000) {
        loadShadow(item);
    }
    return item.value ?? shadows.get(`${state.model}`)?.value ?? null;
}

async function loadShadow(item) {
    const { model: id, steps } = state;
    Object.assign(item, { loading: true, at: performance.now() });
    try {
        item.value = await getJson('/api/shadow', { model: id, tolerance: state.tolerance });
        item.steps = steps;
        shadows.set(`${id}`, item);
        touch('shadow');
    } catch (error) {
        fail(error.message);
    } finally {
        item.loading = false;
    }
}

/** The slow and the fast quantity of a layer: c and h of an LSTM, h and its candidate of a GRU, h alone of an RNN. */
export function pairOf(layer) {
    const kind = layerOf(layer).kind.toLowerCase();
    const slow = kind === 'lstm' ? 'c' : 'h';
    const fast = kind === 'lstm' ? 'h' : kind === 'gru' ? 'hidden' : null;
    return { slow: quantityOf(layer, slow), fast: fast && quantityOf(layer, fast), isLstm: kind === 'lstm' };
}

export const symbols = { input: 'i', output: 'o', forget: 'f', cell: 'g', update: 'z', reset: 'r', hidden: 'n', c: 'c', h: 'h' };

/** A short name with its letter: "forget gate f". */
export const nameOf = quantity => /\b[a-z]$/.test(quantity.title) ? quantity.title : `${quantity.title} ${symbols[quantity.id] ?? ''}`.trim();
