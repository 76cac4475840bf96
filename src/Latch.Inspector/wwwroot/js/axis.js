// The time axis all lanes share: steps to pixels, ticks, and lines over it.

import { themed } from './colour.js';
import { CHUNK } from './data.js';
import { short, ticks, time, whole } from './numbers.js';
import { state } from './state.js';

/** Width of the lanes' canvases in CSS pixels. */
export const axis = { width: 600 };

export const perStep = () => axis.width / Math.max(1, state.to - state.from);
export const xOf = step => (step - state.from) * perStep();
export const stepAt = x => Math.min(state.to - 1, Math.max(state.from, state.from + Math.floor(x / perStep())));

/** Sizes a canvas for the screen's pixels and clears it; the context then takes CSS pixels. */
export function prepare(canvas, width, height) {
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const [across, down] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (canvas.width !== across || canvas.height !== down) {
        [canvas.width, canvas.height] = [across, down];
    }
    const context = canvas.getContext('2d');
    context.setTransform(across / width, 0, 0, down / height, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
}

/** Step numbers and, where the rate is known, times. */
export function drawAxis(context, width, height) {
    const rate = state.session.sampleRateHz;
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = themed('soft');
    context.strokeStyle = themed('line');
    context.textBaseline = 'middle';
    let free = -1;
    for (const step of ticks(state.from, state.to - 1, width / 110)) {
        if (!Number.isInteger(step)) {
            continue;
        }
        const x = Math.round(xOf(step) + perStep() / 2) + 0.5;
        context.beginPath();
        context.moveTo(x, height - 4);
        context.lineTo(x, height);
        context.stroke();
        const text = rate ? `${whole(step)} · ${time(step / rate)}` : whole(step);
        const size = context.measureText(text).width;
        const left = Math.min(width - size - 1, Math.max(1, x - size / 2));
        if (left > free) {
            context.fillText(text, left, height / 2 - 1);
            free = left + size + 8;
        }
    }
}

/** Real values of one column over [from, to): NaN where they are not there. */
export function column(source, index, from, to) {
    const values = new Float64Array(Math.max(0, to - from)).fill(NaN);
    for (let number = Math.floor(from / CHUNK); number * CHUNK < to; number++) {
        const chunk = source.chunk(number);
        if (!chunk) {
            continue;
        }
        const last = Math.min(to, chunk.hi);
        for (let step = Math.max(from, chunk.lo); step < last; step++) {
            values[step - from] = chunk.data[(step - chunk.start) * source.width + index] * source.scale;
        }
    }
    return values;
}

/** Smallest, largest and mean of what is there. */
export function extent(values) {
    let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
    for (const value of values) {
        if (value === value) {
            low = value < low ? value : low;
            high = value > high ? value : high;
            sum += value;
            count++;
        }
    }
    return count ? { low, high, mean: sum / count, count } : { low: NaN, high: NaN, mean: NaN, count };
}

/** A line through values that start at the view's first step; where a pixel holds steps, it is drawn from their smallest to their largest. */
export function drawLine(context, values, yOf, { colour, dash = [], width = 1.25 }) {
    const step = perStep();
    if (step < 2) {
        context.fillStyle = colour;
        columns(context, values, yOf, step, width, dash);
        return;
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.lineJoin = 'bevel';
    context.beginPath();
    let down = false;
    for (let i = 0; i < values.length; i++) {
        if (values[i] !== values[i]) {
            down = false;
        } else if (down) {
            context.lineTo((i + 0.5) * step, yOf(values[i]));
        } else {
            context.moveTo((i + 0.5) * step, yOf(values[i]));
            down = true;
        }
    }
    context.stroke();
    context.setLineDash([]);
}

// Upright strokes, one a pixel: far cheaper than a stroked path of as many points. Each reaches from the column before, so that the line is whole.
function columns(context, values, yOf, step, width, [on = 1, off = 0]) {
    let before = NaN;
    for (let x = 0, i = 0; i < values.length; x++) {
        const end = Math.min(values.length, Math.max(i, Math.ceil((x + 1) / step - 0.5)));
        let [low, high, last] = [before === before ? before : Infinity, before === before ? before : -Infinity, NaN];
        const begin = i;
        for (; i < end; i++) {
            const value = values[i];
            if (value === value) {
                low = value < low ? value : low;
                high = value > high ? value : high;
                last = value;
            }
        }
        if (begin === end) {
            last = before;
        }
        before = last;
        if (last === last && x % (on + off) < on) {
            const top = yOf(high);
            context.fillRect(x, top - width / 2, width, yOf(low) - top + width);
        }
    }
}

/** A scale from values to a lane's height, with a little room and a few labelled lines. */
export function valueScale(context, low, high, width, height) {
    if (!(high > low)) {
        [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
    }
    const room = (high - low) * 0.06;
    const [bottom, top] = [low - room, high + room];
    const yOf = value => (top - value) / (top - bottom) * (height - 2) + 1;
    context.font = '10px system-ui, sans-serif';
    context.textBaseline = 'middle';
    for (const tick of ticks(low, high, height / 34)) {
        const y = Math.round(yOf(tick)) + 0.5;
        context.strokeStyle = tick === 0 ? themed('soft') : themed('line');
        context.globalAlpha = tick === 0 ? 0.6 : 0.7;
        context.lineWidth = 1;
        context.beginPath();
        context.moveTo(0, y);
        context.lineTo(width, y);
        context.stroke();
        context.globalAlpha = 1;
        context.fillStyle = themed('soft');
        context.fillText(short(tick), 3, Math.min(height - 7, Math.max(7, y - 6)));
    }
    return yOf;
}
