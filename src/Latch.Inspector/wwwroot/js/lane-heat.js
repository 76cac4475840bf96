// A lane with the heat map of one quantity of one layer.

import { axis, column, extent, xOf, perStep } from './axis.js';
import { themed } from './colour.js';
import { HeatMap, rowsOf } from './heat.js';
import { real, whole } from './numbers.js';
import { orderOf } from './order.js';
import { nameOf, showNow, trackOf, viewOf } from './quantities.js';
import { isForced, state, unitOf } from './state.js';

export function heatLane(layer, quantity) {
    const map = new HeatMap();
    let height = state.height;

    const lane = {
        id: `${layer}-${quantity.id}`,
        layer,
        quantity,
        title: nameOf(quantity).replace(' (candidate)', ''),
        kind: 'heat',
        height: () => state.height,

        draw(context, width, tall) {
            height = tall;
            const order = orderOf(layer);
            map.draw(context, tall, { ...viewOf(layer, quantity), order });
            const rows = rowsOf(order, tall);
            namePinned(context, order, rows);
            markUnit(context, width, rows.yOf(unitOf(layer)));
        },

        unitAt: y => rowsOf(orderOf(layer), height).unitAt(y),

        tip(step, unit) {
            const [text, code] = valueText(layer, quantity, step, unit);
            return [`${quantity.title} · unit ${unit} · step ${whole(step)}`, text, code, forcedText(layer, quantity, step, unit)].filter(Boolean);
        },

        legend() {
            const { low, high, isSigned } = viewOf(layer, quantity);
            return { low, high, isSigned };
        },

        describe() {
            const unit = unitOf(layer);
            const found = shown(layer, quantity, unit);
            const { low, high, mean, count } = extent(found);
            if (count === 0) {
                return `${lane.title}, ${showWords()}: nothing loaded of steps ${whole(state.from)} to ${whole(state.to - 1)}.`;
            }
            return `${lane.title}, ${showWords()}, steps ${whole(state.from)} to ${whole(state.to - 1)}, unit ${unit}: least ${real(low)}, most ${real(high)}, ` +
                `mean ${real(mean)}, at the cursor (step ${whole(state.cursor)}) ${real(found[state.cursor - state.from])}.`;
        },

        table() {
            const unit = unitOf(layer);
            const base = trackOf('base', layer, quantity);
            const forced = isForced() ? trackOf('forced', layer, quantity) : null;
            return {
                caption: `${lane.title}, unit ${unit}`,
                heads: ['step', 'value', 'code', ...(forced ? ['forced', 'change'] : [])],
                row: step => [whole(step), real(base.value(step, unit), 6), whole(base.code(step, unit) ?? NaN),
                    ...(forced ? [real(forced.value(step, unit), 6), real(forced.value(step, unit) - base.value(step, unit), 6)] : [])],
            };
        },
    };
    return lane;
}

const words = { base: 'untouched run', forced: 'forced run', difference: 'forced less untouched', float: 'float run', error: 'int8 less float' };
const showWords = () => words[showNow()];

function shown(layer, quantity, unit) {
    const view = viewOf(layer, quantity);
    const values = column(view.a, unit, state.from, state.to);
    if (view.b) {
        const other = column(view.b, unit, state.from, state.to);
        return values.map((value, i) => value - other[i]);
    }
    return values;
}

/** The value shown and its integer code, in words. */
export function valueText(layer, quantity, step, unit) {
    const view = viewOf(layer, quantity);
    const value = view.a.value(step, unit) - (view.b ? view.b.value(step, unit) : 0);
    const code = view.b ? null : view.a.code(step, unit);
    return [real(value, 5), code === null ? '' : `code ${whole(code)} (Q${31 - quantity.fractionBits}.${quantity.fractionBits})`];
}

function forcedText(layer, quantity, step, unit) {
    if (!isForced() || showNow() !== 'base') {
        return '';
    }
    const forced = trackOf('forced', layer, quantity).value(step, unit);
    const base = trackOf('base', layer, quantity).value(step, unit);
    return `forced ${real(forced, 5)}, change ${real(forced - base, 4)}`;
}

// The numbers of the pinned units, where their rows are tall enough.
function namePinned(context, order, rows) {
    if (rows.pinnedHeight < 9) {
        return;
    }
    context.font = '9px system-ui, sans-serif';
    context.textBaseline = 'middle';
    for (const unit of order.units.slice(0, order.pinned)) {
        const [y, tall] = rows.yOf(unit);
        const across = context.measureText(unit).width;
        context.fillStyle = themed('panel');
        context.fillRect(9, y + tall / 2 - 4.5, across + 4, 9);
        context.fillStyle = themed('ink');
        context.fillText(unit, 11, y + tall / 2 + 0.5);
    }
}

function markUnit(context, width, [y, tall]) {
    const middle = y + tall / 2;
    context.fillStyle = themed('accent');
    for (const [x, direction] of [[0, 1], [width, -1]]) {
        context.beginPath();
        context.moveTo(x, middle - 5);
        context.lineTo(x + 7 * direction, middle);
        context.lineTo(x, middle + 5);
        context.fill();
    }
    if (tall >= 5) {
        context.strokeStyle = themed('accent');
        context.globalAlpha = 0.8;
        context.lineWidth = 1;
        context.strokeRect(-1, Math.round(y) + 0.5, width + 2, Math.round(tall) - 1);
        context.globalAlpha = 1;
    }
}

/** Where the cursor's step stands: its left edge and its width, at least a pixel and a half. */
export function cursorPlace() {
    const across = Math.max(1.5, perStep());
    const left = perStep() < 1.5 ? xOf(state.cursor) + perStep() / 2 - 0.75 : xOf(state.cursor);
    return { left: Math.min(axis.width - 1.5, Math.max(0, left)), across };
}
