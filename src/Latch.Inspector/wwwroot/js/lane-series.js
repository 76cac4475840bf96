// Lanes of the run's series: the input as traces or characters, the output, the score with its threshold, and what happened when.

import { axis, column, drawAxis, drawLine, extent, perStep, valueScale, xOf } from './axis.js';
import { themed } from './colour.js';
import { real, visible, whole } from './numbers.js';
import { inputs, outputs, scores } from './quantities.js';
import { isForced, model, state } from './state.js';
import { textAt } from './text.js';
import { events } from './events.js';

const stretch = () => `steps ${whole(state.from)} to ${whole(state.to - 1)}`;

export const axisLane = () => ({
    id: 'axis',
    title: '',
    kind: 'axis',
    height: () => 20,
    draw(context, width, height) {
        drawAxis(context, width, height);
        const first = isForced() ? state.divergence[state.model].firstStep : null;
        if (first !== null && first >= state.from && first < state.to) {
            const x = xOf(first) + perStep() / 2;
            context.fillStyle = themed('forced');
            context.beginPath();
            context.moveTo(x - 5, 0);
            context.lineTo(x + 5, 0);
            context.lineTo(x, 8);
            context.fill();
        }
    },
    tip: step => isForced() && state.divergence[state.model].firstStep === step ? ['outputs differ from here on'] : [],
});

/** Channels as line traces, each over its own range. */
export function channelLane() {
    const name = channel => `${state.session.input.names[channel]}${state.session.input.units[channel] ? ` [${state.session.input.units[channel]}]` : ''}`;
    const spread = values => {
        const { low, high } = extent(values);
        return high > low ? [low, high] : [low - 1, low + 1];
    };
    return {
        id: 'input',
        title: 'input',
        kind: 'series',
        height: () => 76,
        draw(context, width, height) {
            state.channels.forEach((channel, i) => {
                const values = column(inputs(), channel, state.from, state.to);
                const [low, high] = spread(values);
                drawLine(context, values, value => 3 + (high - value) / (high - low) * (height - 6), { colour: themed(`series-${i % 6}`) });
            });
        },
        tip: step => [`step ${whole(step)}`, ...state.channels.map(channel => `${name(channel)} ${real(inputs().value(step, channel))}`)],
        keys: () => state.channels.map((channel, i) => ({ name: state.session.input.names[channel], colour: `series-${i % 6}` })),
        describe: () => state.channels.length === 0 ? 'No channel chosen.' : `Input, ${stretch()}, each channel over its own range: ` + state.channels.map(channel => {
            const values = column(inputs(), channel, state.from, state.to);
            const { low, high, mean } = extent(values);
            return `${name(channel)} least ${real(low)}, most ${real(high)}, mean ${real(mean)}, at the cursor ${real(values[state.cursor - state.from])}`;
        }).join('; ') + '.',
        table: () => ({
            caption: 'Input', heads: ['step', ...state.channels.map(name)],
            row: step => [whole(step), ...state.channels.map(channel => real(inputs().value(step, channel), 5))],
        }),
    };
}

/** The characters themselves where they fit, else the signs among them (brackets, quotes) over a strip for the letters. */
export function textLane() {
    return {
        id: 'input',
        title: 'input',
        kind: 'series',
        height: () => 34,
        draw(context, width, height) {
            const step = perStep();
            const signs = [];
            context.textAlign = 'center';
            context.textBaseline = 'middle';
            context.font = `${Math.min(17, Math.max(9, step * 1.45))}px ui-monospace, 'DejaVu Sans Mono', monospace`;
            for (let at = state.from; at < state.to; at++) {
                const character = textAt(at);
                if (step >= 5.5) {
                    context.fillStyle = themed(/\s/.test(character) ? 'faint' : 'ink');
                    context.fillText(visible(character), xOf(at) + step / 2, height / 2 + 1);
                } else if (/\p{L}/u.test(character)) {
                    context.fillStyle = themed('faint');
                    context.fillRect(xOf(at), height / 2 - 3, Math.max(0.6, step * 0.8), 7);
                } else if (!/\s/.test(character)) {
                    signs.push([xOf(at) + step / 2, character]);
                }
            }
            context.font = `600 13px ui-monospace, 'DejaVu Sans Mono', monospace`;
            context.fillStyle = themed('accent');
            for (const [x, character] of signs) {
                step >= 1.5 ? context.fillText(character, x, height / 2 + 1) : context.fillRect(x - 0.5, height / 2 - 9, 1, 18);
            }
            context.textAlign = 'start';
        },
        tip: step => [`step ${whole(step)} · '${visible(textAt(step))}'`, `… ${[...Array(13).keys()].map(i => visible(textAt(step - 6 + i))).join('')} …`],
        keys: () => [],
        describe: () => {
            const shown = Array.from({ length: Math.min(400, state.to - state.from) }, (_, i) => textAt(state.from + i)).join('');
            return `Input characters, ${stretch()}, at the cursor '${visible(textAt(state.cursor))}': ${shown}`;
        },
        table: () => ({ caption: 'Input', heads: ['step', 'character'], row: step => [whole(step), visible(textAt(step))] }),
    };
}

/** One output of the model. */
export function outputLane() {
    const name = () => model().outputs[state.output] ?? `output ${state.output}`;
    return lineLane({
        id: 'output', title: () => 'output', height: 56, name,
        source: outputs, index: () => state.output, colour: 'series-0', lines: () => [],
    });
}

export function scoreLane() {
    return lineLane({
        id: 'score', title: () => 'score', height: 60, name: () => 'anomaly score',
        source: scores, index: () => 0, colour: 'series-0', lines: () => [{ value: model().threshold, name: 'threshold' }],
    });
}

function lineLane({ id, title, height, name, source, index, colour, lines }) {
    const forced = () => isForced() ? column(source('forced'), index(), state.from, state.to) : null;
    return {
        id,
        title: title(),
        kind: 'series',
        height: () => height,
        draw(context, width, tall) {
            const base = column(source('base'), index(), state.from, state.to);
            const other = forced();
            const { low, high } = extent([...base, ...(other ?? []), ...lines().map(line => line.value)]);
            const yOf = valueScale(context, low, high, width, tall);
            for (const line of lines()) {
                context.strokeStyle = themed('alarm');
                context.setLineDash([2, 3]);
                context.beginPath();
                context.moveTo(0, yOf(line.value));
                context.lineTo(width, yOf(line.value));
                context.stroke();
                context.setLineDash([]);
            }
            drawLine(context, base, yOf, { colour: themed(colour) });
            if (other) {
                drawLine(context, other, yOf, { colour: themed('forced'), dash: [5, 3] });
            }
        },
        tip: step => [`${name()} · step ${whole(step)}`, real(source('base').value(step, index()), 5),
            ...(isForced() ? [`forced ${real(source('forced').value(step, index()), 5)}`] : []), ...lines().map(line => `${line.name} ${real(line.value)}`)],
        keys: () => [{ name: name(), colour }, ...(isForced() ? [{ name: 'forced', colour: 'forced', dash: true }] : []),
            ...lines().map(line => ({ name: `${line.name} ${real(line.value, 3)}`, colour: 'alarm', dash: true }))],
        describe() {
            const values = column(source('base'), index(), state.from, state.to);
            const { low, high, mean } = extent(values);
            const tail = lines().map(line => `, ${line.name} ${real(line.value)}`).join('');
            return `${name()}, ${stretch()}: least ${real(low)}, most ${real(high)}, mean ${real(mean)}, at the cursor ${real(values[state.cursor - state.from])}${tail}.`;
        },
        table: () => ({
            caption: name(), heads: ['step', 'value', ...(isForced() ? ['forced'] : [])],
            row: step => [whole(step), real(source('base').value(step, index()), 6), ...(isForced() ? [real(source('forced').value(step, index()), 6)] : [])],
        }),
    };
}

/** Labels of the data, alarms of the untouched run, and those the forced run lost or gained. */
export function eventLane() {
    const inView = item => item.end > state.from && item.start < state.to;
    return {
        id: 'events',
        title: 'events',
        kind: 'series',
        height: () => 8 + 15 * Math.max(1, events().length),
        draw(context, width) {
            events().forEach((row, place) => {
                const y = 4 + place * 15;
                context.font = '10px system-ui, sans-serif';
                context.textBaseline = 'middle';
                for (const item of row.items.filter(inView)) {
                    const [left, right] = [Math.max(0, xOf(item.start)), Math.min(axis.width, xOf(Math.max(item.end, item.start + 1)))];
                    const across = Math.max(2, right - left);
                    context.fillStyle = themed(row.colour);
                    context.globalAlpha = 0.85;
                    context.fillRect(left, y + 1, across, 11);
                    context.globalAlpha = 1;
                    if (across > context.measureText(item.text).width + 6) {
                        context.fillStyle = themed('ground');
                        context.fillText(item.text, left + 3, y + 7);
                    }
                }
            });
        },
        tip: step => [`step ${whole(step)}`, ...events().flatMap(row => row.items.filter(item => step >= item.start && step < Math.max(item.end, item.start + 1))
            .map(item => `${row.name}: ${item.text}, ${whole(item.start)} to ${whole(item.end)}`))],
        keys: () => events().map(row => ({ name: row.name, colour: row.colour, block: true })),
        describe: () => events().map(row => `${row.name}: ` + (row.items.filter(inView).map(item => `${item.text}, steps ${item.start} to ${item.end}`).join('; ') || 'none in view')).join('. ') + '.',
        table: () => ({
            caption: 'Events', heads: ['what', 'text', 'from', 'to'],
            rows: events().flatMap(row => row.items.filter(inView).map(item => [row.name, item.text, whole(item.start), whole(item.end)])),
        }),
    };
}
