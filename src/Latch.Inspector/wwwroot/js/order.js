// The order in which units are shown, and the statistics it needs.

import { getJson } from './api.js';
import { layerKey, layerOf, pinsOf, state, touch } from './state.js';

const held = new Map();
const orders = new Map();
let era = 0;
let fail = () => {};

export function onStatisticsError(listener) {
    fail = listener;
}

/** Statistics of a model's track, or null while they are on their way. On a live session they are asked for again every five seconds. */
export function statistics(model, track) {
    const key = `${model}.${track}`;
    let item = held.get(key);
    if (!item) {
        item = { value: null, at: -Infinity, steps: -1, loading: false };
        held.set(key, item);
    }
    const stale = item.value === null || (item.steps !== state.steps && performance.now() - item.at > 5000);
    if (stale && !item.loading && performance.now() - item.at > 1000) {
        load(key, item, model, track);
    }
    return item.value;
}

export function forgetStatistics(model, track) {
    held.delete(`${model}.${track}`);
}

async function load(key, item, model, track) {
    item.loading = true;
    item.at = performance.now();
    item.steps = state.steps;
    try {
        const value = await getJson('/api/statistics', { model, track });
        if (held.get(key) === item) {
            item.value = value;
            era++;
            orders.clear();
            touch('statistics');
        }
    } catch (error) {
        fail(error.message);
    } finally {
        item.loading = false;
    }
}

/** Units of a layer from top to bottom: the pinned ones first, then the others as sorted. */
export function orderOf(layer) {
    const pins = pinsOf(layer);
    const ranks = state.sort === 'number' || layerOf(layer).units === 0 ? null : rank(layer);
    const key = `${layerKey(layer)}|${pins}|${ranks ? `${state.sort} ${state.by} ${era}` : 'number'}`;
    const known = orders.get(key);
    if (known) {
        return known;
    }
    const rest = [...Array(layerOf(layer).units).keys()].filter(unit => !pins.includes(unit));
    if (ranks) {
        rest.sort((a, b) => ranks[b] - ranks[a] || a - b);
    }
    const units = [...pins, ...rest];
    const order = { units, rank: new Map(units.map((unit, place) => [unit, place])), pinned: pins.length, key };
    if (orders.size > 200) {
        orders.clear();
    }
    orders.set(key, order);
    return order;
}

// What units are sorted by, largest first; an unknown number comes last.
function rank(layer) {
    const found = statistics(state.model, 'base')?.layers.find(item => item.layer === layer);
    if (!found) {
        return null;
    }
    const gate = Math.max(0, found.gates.findIndex(item => item.gate === state.by));
    return found.units.map(unit => {
        switch (state.sort) {
            case 'halfLife': return unit.halfLife ?? -1;
            case 'saturation': return (unit.below?.[gate] ?? 0) + (unit.above?.[gate] ?? 0);
            default: return unit.mean?.[gate] ?? -Infinity;
        }
    });
}
