// A heat map: units over time. Each chunk of 1024 steps is painted once into a canvas of its own, one column a step (or the mean of 4 or of 16 steps, for
// views of many steps a pixel), one row a unit (or the mean of some, where a pixel holds more than one); drawing the view is copying stretches of them.

import { axis, perStep, xOf } from './axis.js';
import { diverging, isDark, sequential, themed } from './colour.js';
import { CHUNK } from './data.js';
import { state } from './state.js';

const KEPT = 48;
const PINNED_ROW = 11;

export class HeatMap {
    #painted = new Map();

    /**
     * Draws [from, to). what: { a, b, low, high, order, isSigned }, where a is a source and b, if there is one, another that is taken off it.
     * Returns false while something is missing.
     */
    draw(context, height, what) {
        const colours = what.isSigned ? diverging(isDark()) : sequential();
        const step = perStep();
        const factor = step >= 0.6 ? 1 : step >= 0.15 ? 4 : 16;
        const rows = rowsOf(what.order, height);
        const group = rows.restHeight > 0.75 ? 1 : 2 ** Math.round(Math.log2(1 / rows.restHeight));
        const grid = { factor, group, pinned: rows.pinned, height: rows.pinned + Math.ceil(rows.rest / group) };
        let whole = true;
        context.fillStyle = themed('hollow');
        context.fillRect(0, 0, axis.width, height);
        for (let index = Math.floor(state.from / CHUNK); index * CHUNK < state.to; index++) {
            const a = what.a.chunk(index);
            const b = what.b ? what.b.chunk(index) : null;
            if (!a || (what.b && !b)) {
                whole = false;
                continue;
            }
            const [lo, hi] = [Math.max(a.lo, b?.lo ?? 0), Math.min(a.hi, b?.hi ?? Infinity)];
            if (hi > lo) {
                const canvas = this.#paint(a, b, lo, hi, grid, what, colours);
                copy(context, canvas, a.start, Math.max(lo, state.from), Math.min(hi, state.to), grid, rows);
            }
            whole = whole && hi >= Math.min(state.to, a.start + CHUNK);
        }
        if (what.order.pinned > 0 && what.order.pinned < what.order.units.length) {
            context.fillStyle = themed('accent');
            context.fillRect(0, rows.pinned * rows.pinnedHeight + 0.5, axis.width, 1.5);
        }
        return whole;
    }

    #paint(a, b, lo, hi, grid, what, colours) {
        const key = `${a.index}/${grid.factor}/${grid.group}`;
        const stamp = `${what.a.key}|${what.b?.key}|${a.version}|${b?.version}|${what.order.key}|${what.low}|${what.high}|${what.isSigned && isDark()}|${a.data.length}`;
        let item = this.#painted.get(key);
        if (item && item.stamp === stamp && item.data === a.data) {
            this.#painted.delete(key);
            this.#painted.set(key, item);
            return item.canvas;
        }
        if (!item || item.canvas.height !== grid.height) {
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [CHUNK / grid.factor, grid.height];
            item = { canvas };
        }
        Object.assign(item, { stamp, data: a.data });
        fillPixels(item.canvas, a, b, lo, hi, grid, what, colours);
        this.#painted.delete(key);
        this.#painted.set(key, item);
        if (this.#painted.size > KEPT) {
            this.#painted.delete(this.#painted.keys().next().value);
        }
        return item.canvas;
    }
}

function fillPixels(canvas, a, b, lo, hi, { factor, group, pinned }, what, colours) {
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const width = what.a.width;
    const { units } = what.order;
    const scale = 255 / (what.high - what.low);
    const offset = -what.low * scale + 0.5;
    const [scaleA, scaleB] = [what.a.scale * scale, (what.b?.scale ?? 0) * scale];
    const [first, last] = [lo - a.start, hi - a.start];
    for (let row = 0, unit = 0; row < canvas.height; row++) {
        const next = row < pinned ? unit + 1 : Math.min(units.length, unit + group);
        for (let column = Math.floor(first / factor); column * factor < last; column++) {
            const begin = Math.max(first, column * factor);
            const end = Math.min(last, (column + 1) * factor);
            let sum = 0;
            for (let place = unit; place < next; place++) {
                for (let at = begin * width + units[place]; at < end * width; at += width) {
                    sum += a.data[at] * scaleA - (b ? b.data[at] * scaleB : 0);
                }
            }
            const shade = sum / ((end - begin) * (next - unit)) + offset;
            pixels[row * canvas.width + column] = colours[shade > 255 ? 255 : shade > 0 ? shade | 0 : 0];
        }
        unit = next;
    }
    context.putImageData(image, 0, 0);
}

function copy(context, canvas, start, from, to, { factor, group }, rows) {
    if (to <= from) {
        return;
    }
    const left = (from - start) / factor;
    const across = (to - from) / factor;
    const [x, right] = [xOf(from), xOf(to)];
    const part = (row, count, y, height) => {
        context.imageSmoothingEnabled = perStep() * factor < 1 || height / count < 1;
        context.drawImage(canvas, left, row, across, count, x, y, right - x, height);
    };
    if (rows.pinned > 0) {
        part(0, rows.pinned, 0, rows.pinned * rows.pinnedHeight);
    }
    if (rows.rest > 0) {
        part(rows.pinned, rows.rest / group, rows.top, rows.rest * rows.restHeight);
    }
}

/** How rows lie in a lane: pinned ones are taller and stand above a line. */
export function rowsOf(order, height) {
    const count = order.units.length;
    const pinned = order.pinned;
    const rest = count - pinned;
    const gap = pinned > 0 && rest > 0 ? 3 : 0;
    const even = (height - gap) / count;
    const pinnedHeight = rest === 0 ? even : Math.max(even, Math.min(PINNED_ROW, height * 0.5 / Math.max(1, pinned)));
    const top = pinned * pinnedHeight + gap;
    const restHeight = rest > 0 ? (height - top) / rest : 0;
    return {
        pinned, rest, pinnedHeight, restHeight, top,
        unitAt(y) {
            const place = y < pinned * pinnedHeight || rest === 0 ? Math.floor(y / pinnedHeight) : pinned + Math.floor(Math.max(0, y - top) / restHeight);
            return order.units[Math.min(count - 1, Math.max(0, place))];
        },
        yOf(unit) {
            const place = order.rank.get(unit);
            return place < pinned ? [place * pinnedHeight, pinnedHeight] : [top + (place - pinned) * restHeight, restHeight];
        },
    };
}
