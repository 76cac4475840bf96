// What happened when: labels of the data and alarms.

import { getJson } from './api.js';
import { isForced, model, state, touch } from './state.js';

const alarms = new Map();

/** Rows of the events lane: { name, colour, items: [{ start, end, text }] }. */
export function events() {
    const rows = [];
    if (state.session.labels.length > 0) {
        rows.push({ name: 'labels', colour: 'label', items: state.session.labels });
    }
    if (model().hasScore) {
        rows.push({ name: 'alarms', colour: 'alarm', items: (alarmsOf('base') ?? []).map(named) });
    }
    const change = isForced() ? state.divergence[state.model].alarms : null;
    if (change) {
        rows.push({ name: 'lost', colour: 'lost', items: change.lost.map(named) });
        rows.push({ name: 'gained', colour: 'gained', items: change.gained.map(named) });
    }
    return rows;
}

export const hasEvents = () => state.session.labels.length > 0 || model().hasScore;

const named = alarm => ({ start: alarm.start, end: alarm.end, text: `${alarm.channel} (${alarm.reason})` });

function alarmsOf(track) {
    const key = `${state.model}.${track}`;
    const item = alarms.get(key) ?? { value: null, at: -Infinity, steps: -1 };
    alarms.set(key, item);
    if (item.steps !== state.steps && performance.now() - item.at > 3000) {
        Object.assign(item, { at: performance.now(), steps: state.steps });
        getJson('/api/alarms', { model: state.model, track })
            .then(value => { item.value = value; touch('events'); })
            .catch(() => { item.steps = -1; });
    }
    return item.value;
}
