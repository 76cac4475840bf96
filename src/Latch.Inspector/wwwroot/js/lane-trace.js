// A lane with traces of the chosen unit: c beside h, or tanh(c) against o tanh(c); of a GRU h beside its candidate.

import { column, drawLine, extent, valueScale } from './axis.js';
import { themed } from './colour.js';
import { real, short, whole } from './numbers.js';
import { pairOf, trackOf } from './quantities.js';
import { isForced, state, unitOf } from './state.js';

export function traceLane(layer) {
    const pair = pairOf(layer);

    const lane = {
        id: `${layer}-traces`,
        layer,
        kind: 'trace',
        get title() {
            return titleOf(pair);
        },
        height: () => Math.max(92, Math.round(state.height * 1.4)),

        draw(context, width, height) {
            const unit = unitOf(layer);
            const base = lines(layer, pair, unit, 'base');
            const forced = isForced() ? lines(layer, pair, unit, 'forced') : [];
            const scaleOf = scales(context, pair, base, forced, width, height);
            for (const line of base) {
                drawLine(context, line.values, scaleOf(line), { colour: themed(line.colour), width: 1.5 });
            }
            for (const line of forced) {
                drawLine(context, line.values, scaleOf(line), { colour: themed(`${line.colour}-forced`), dash: [5, 3], width: 1.5 });
            }
        },

        tip(step) {
            const unit = unitOf(layer);
            const at = track => lines(layer, pair, unit, track, step, step + 1).map(line => `${line.name} ${real(line.values[0], 5)}`).join(', ');
            return [`unit ${unit} · step ${whole(step)}`, at('base'), isForced() ? `forced: ${at('forced')}` : ''].filter(Boolean);
        },

        keys() {
            const names = lines(layer, pair, 0, 'base', 0, 0);
            return names.flatMap(line => [
                { name: line.name, colour: line.colour, dash: false },
                ...(isForced() ? [{ name: `${line.name} forced`, colour: `${line.colour}-forced`, dash: true }] : []),
            ]);
        },

        describe() {
            const unit = unitOf(layer);
            const parts = lines(layer, pair, unit, 'base').map(line => {
                const { low, high, mean } = extent(line.values);
                return `${line.name} least ${real(low)}, most ${real(high)}, mean ${real(mean)}, at the cursor ${real(line.values[state.cursor - state.from])}`;
            });
            return `Traces of unit ${unit}, steps ${whole(state.from)} to ${whole(state.to - 1)}: ${parts.join('; ')}.`;
        },

        table() {
            const unit = unitOf(layer);
            const tracks = ['base', ...(isForced() ? ['forced'] : [])];
            const names = tracks.flatMap(track => lines(layer, pair, unit, track, 0, 0).map(line => track === 'forced' ? `${line.name} forced` : line.name));
            return {
                caption: `Traces of unit ${unit}`,
                heads: ['step', ...names],
                row: step => [whole(step), ...tracks.flatMap(track => lines(layer, pair, unit, track, step, step + 1).map(line => real(line.values[0], 6)))],
            };
        },
    };
    return lane;
}

function titleOf(pair) {
    if (!pair.fast) {
        return 'h of the unit';
    }
    if (!pair.isLstm) {
        return 'h beside n';
    }
    return state.trace === 'tanh' ? 'tanh(c) and o·tanh(c)' : 'c beside h';
}

function lines(layer, pair, unit, track, from = state.from, to = state.to) {
    const slow = column(trackOf(track, layer, pair.slow), unit, from, to);
    const isTanh = pair.isLstm && state.trace === 'tanh';
    const made = [{ name: isTanh ? 'tanh(c)' : pair.slow.id, colour: 'slow', values: isTanh ? slow.map(Math.tanh) : slow }];
    if (pair.fast) {
        const name = isTanh ? 'o·tanh(c)' : pair.isLstm ? 'h' : 'candidate';
        made.push({ name, colour: 'fast', values: column(trackOf(track, layer, pair.fast), unit, from, to) });
    }
    return made;
}

// tanh(c) and o tanh(c) share one scale; c and h have one each, c's on the left and h's on the right, with zero at the same height.
function scales(context, pair, base, forced, width, height) {
    if (!pair.fast || state.trace === 'tanh' || !pair.isLstm) {
        const bounds = extent([...base, ...forced].flatMap(line => ends(line.values)));
        const yOf = valueScale(context, Math.min(0, bounds.low), Math.max(0, bounds.high), width, height);
        return () => yOf;
    }
    const places = {};
    for (const [colour, side] of [['slow', 'left'], ['fast', 'right']]) {
        const { low, high } = extent([...base, ...forced].filter(line => line.colour === colour).flatMap(line => ends(line.values)));
        const size = Math.max(Math.abs(low), Math.abs(high)) || 1;
        places[colour] = value => height / 2 - value / size * (height / 2 - 4);
        label(context, side, size, colour, width, height);
    }
    context.strokeStyle = themed('soft');
    context.globalAlpha = 0.6;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, Math.round(height / 2) + 0.5);
    context.lineTo(width, Math.round(height / 2) + 0.5);
    context.stroke();
    context.globalAlpha = 1;
    return line => places[line.colour];
}

function ends(values) {
    const { low, high } = extent(values);
    return [low, high];
}

function label(context, side, size, colour, width, height) {
    context.font = '10px system-ui, sans-serif';
    context.fillStyle = themed(colour);
    context.textBaseline = 'middle';
    context.textAlign = side === 'left' ? 'left' : 'right';
    const x = side === 'left' ? 3 : width - 3;
    context.fillText(short(size), x, 8);
    context.fillText(short(-size), x, height - 8);
    context.textAlign = 'left';
}
