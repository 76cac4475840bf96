// Values of a run: chunks of 1024 steps, each fetched once, kept while there is room.

import { getBytes, ServerError } from './api.js';
import { state, touch } from './state.js';

export const CHUNK = 1024;
const ROOM = 400e6;

const sources = new Map();
let held = 0;
let clock = 0;
let drawBegan = 0;
let fail = () => {};

/** The view is drawn anew: what it takes from here on is what it needs, and is kept whatever room it takes. */
export function beginDraw() {
    drawBegan = clock;
}

/** Who is told in words when data cannot be had. */
export function onDataError(listener) {
    fail = listener;
}

/** The codes of one quantity of one layer: Int32, [steps][units]; of the float track Float32 real values. */
export function plane(model, track, layer, quantity, units, fractionBits) {
    const isFloat = track === 'float';
    return source('/api/plane', { model, track, layer, quantity }, units, isFloat, isFloat ? 1 : 2 ** -fractionBits);
}

/** Real values of a series: inputs, outputs or the score. */
export const series = (model, track, what, width) => source('/api/series', { model, track, what }, width, true, 1);

export const attention = (model, width) => source('/api/attention', { model }, width, true, 1);

/** Forgets what was fetched for a track of a model: it has been computed anew. */
export function forget(model, track) {
    for (const [key, item] of sources) {
        if (item.query.model === model && item.query.track === track) {
            held -= item.bytes();
            item.chunks.clear();
            item.era++;
            sources.delete(key);
        }
    }
}

function source(path, query, width, isFloat, scale) {
    const key = path + Object.values(query).join('/');
    let item = sources.get(key);
    if (!item) {
        item = new Source(key, path, query, width, isFloat, scale);
        // A forced run that began while the session ran holds nothing from before.
        item.first = query.track === 'forced' ? state.divergence[query.model]?.from ?? 0 : 0;
        sources.set(key, item);
    }
    return item;
}

class Source {
    constructor(key, path, query, width, isFloat, scale) {
        Object.assign(this, { key, path, query, width, isFloat, scale, chunks: new Map(), era: 0, first: 0 });
    }

    /** The chunk with what is there of it, or null; what is missing is on its way after this. */
    chunk(index) {
        let chunk = this.chunks.get(index);
        if (!chunk) {
            const start = index * CHUNK;
            chunk = { index, start, lo: this.#oldest(start), hi: 0, data: null, version: 0, loading: null, retry: 0, used: 0 };
            chunk.hi = chunk.lo;
            this.chunks.set(index, chunk);
        }
        chunk.used = ++clock;
        const end = Math.min(chunk.start + CHUNK, state.steps);
        if (Math.max(chunk.hi, this.#oldest(chunk.start)) < end && !chunk.loading && clockTime() >= chunk.retry) {
            chunk.loading = this.#load(chunk, end).finally(() => { chunk.loading = null; });
        }
        return chunk.hi > chunk.lo ? chunk : null;
    }

    /** The value at a step as a real number; NaN where it is not there (yet). */
    value(step, column) {
        const chunk = this.#at(step);
        return chunk ? chunk.data[(step - chunk.start) * this.width + column] * this.scale : NaN;
    }

    /** The integer code at a step; null where it is not there, or where the track holds real values. */
    code(step, column) {
        const chunk = this.isFloat ? null : this.#at(step);
        return chunk ? chunk.data[(step - chunk.start) * this.width + column] : null;
    }

    bytes() {
        let sum = 0;
        for (const chunk of this.chunks.values()) {
            sum += chunk.data?.byteLength ?? 0;
        }
        return sum;
    }

    #at(step) {
        const chunk = this.chunk(Math.floor(step / CHUNK));
        return chunk && step >= chunk.lo && step < chunk.hi ? chunk : null;
    }

    async #load(chunk, end) {
        const era = this.era;
        if (chunk.hi === chunk.lo) {
            chunk.lo = chunk.hi = this.#oldest(chunk.start);
        }
        try {
            const bytes = await getBytes(this.path, { ...this.query, from: chunk.hi, to: end });
            if (era !== this.era) {
                return;
            }
            const values = this.isFloat ? new Float32Array(bytes) : new Int32Array(bytes);
            if (!chunk.data) {
                chunk.data = this.isFloat ? new Float32Array(CHUNK * this.width) : new Int32Array(CHUNK * this.width);
                held += chunk.data.byteLength;
            }
            chunk.data.set(values, (chunk.hi - chunk.start) * this.width);
            chunk.hi += values.length / this.width;
            chunk.version++;
            makeRoom();
            touch('data');
        } catch (error) {
            chunk.retry = clockTime() + 1000;
            if (error instanceof ServerError && error.status === 404 && Number.isFinite(error.body?.firstStep)) {
                this.#moveOn(chunk, error.body);
            } else if (era === this.era) {
                fail(error.message);
            }
        }
    }

    // What was asked for is no longer held, or, of a forced run that began while the session ran, never was.
    #moveOn(chunk, { firstStep }) {
        this.first = Math.max(this.first, firstStep);
        if (chunk.hi < firstStep) {
            chunk.lo = chunk.hi = this.#oldest(chunk.start);
            chunk.retry = 0;
        }
    }

    #oldest(start) {
        return Math.max(start, state.firstStep, this.first);
    }
}

const clockTime = () => performance.now();

function makeRoom() {
    while (held > ROOM) {
        let oldest = null;
        let owner = null;
        for (const item of sources.values()) {
            for (const chunk of item.chunks.values()) {
                if (chunk.data && !chunk.loading && chunk.used <= drawBegan && (!oldest || chunk.used < oldest.used)) {
                    [oldest, owner] = [chunk, item];
                }
            }
        }
        if (!oldest) {
            return;
        }
        held -= oldest.data.byteLength;
        owner.chunks.delete(oldest.index);
    }
}
