// Numbers as people read them.

const grouped = new Intl.NumberFormat('en-US');

/** A whole number with thousands separated. */
export const whole = value => Number.isFinite(value) ? minus(grouped.format(Math.round(value))) : '–';

/** A real number with about four figures; absent values are a dash. */
export function real(value, digits = 4) {
    if (value === null || value === undefined || Number.isNaN(value)) {
        return '–';
    }
    if (!Number.isFinite(value)) {
        return value > 0 ? '∞' : '−∞';
    }
    const size = Math.abs(value);
    if (size === 0) {
        return '0';
    }
    if (size >= 1e6) {
        return minus(value.toExponential(2));
    }
    if (size >= 10 ** digits) {
        return minus(grouped.format(Math.round(value)));
    }
    if (size < 10 ** -digits) {
        return minus(value.toExponential(1));
    }
    const before = size >= 1 ? Math.floor(Math.log10(size)) + 1 : 1;
    return minus(value.toFixed(Math.max(0, digits - before + (size < 1 ? 1 : 0))));
}

/** For ends of scales: no zeros at the end. */
export const short = (value, digits = 3) => real(value, digits).replace(/(\.\d*?)0+(?=$|e)/, '$1').replace(/\.(?=$|e)/, '');

export const percent = (value, digits = 1) => Number.isFinite(value) ? `${minus((100 * value).toFixed(digits))} %` : '–';

/** A time since the first step. */
export function time(seconds) {
    const sign = seconds < 0 ? '−' : '';
    const total = Math.round(Math.abs(seconds) * 100) / 100;
    const hours = Math.floor(total / 3600);
    const minutes = Math.floor(total / 60) % 60;
    const rest = total % 60;
    const tail = Number.isInteger(rest) ? String(rest).padStart(2, '0') : rest.toFixed(2).padStart(5, '0');
    return hours > 0 ? `${sign}${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${sign}${minutes}:${tail}`;
}

/** How a character, or the name of one, is shown: spaces and line ends as signs. */
export const visible = character => ({ ' ': '␣', space: '␣', '\n': '↵', newline: '↵', '\t': '⇥', tab: '⇥' })[character] ?? character;

/** Round places for ticks between two numbers, about count of them. */
export function ticks(low, high, count) {
    const raw = (high - low) / Math.max(1, count);
    if (!(raw > 0)) {
        return [low];
    }
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find(factor => factor * power >= raw * 0.999);
    const places = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
        places.push(Number((k * step).toPrecision(12)));
    }
    return places;
}

/** "0, 3-5" to [0, 3, 4, 5]; null when the text is not a list of units below count. */
export function parseUnits(text, count) {
    const units = new Set();
    for (const part of text.split(',').map(piece => piece.trim()).filter(Boolean)) {
        const match = /^(\d+)(?:\s*[-–]\s*(\d+))?$/.exec(part);
        const low = match ? Number(match[1]) : NaN;
        const high = match?.[2] === undefined ? low : Number(match[2]);
        if (!(low <= high && high < count)) {
            return null;
        }
        for (let unit = low; unit <= high; unit++) {
            units.add(unit);
        }
    }
    return [...units].sort((a, b) => a - b);
}

/** [0, 3, 4, 5] to "0, 3-5". */
export function unitsText(units) {
    const parts = [];
    for (let i = 0; i < units.length; i++) {
        const first = units[i];
        while (i + 1 < units.length && units[i + 1] === units[i] + 1) {
            i++;
        }
        parts.push(units[i] === first ? `${first}` : `${first}-${units[i]}`);
    }
    return parts.join(', ');
}

function minus(text) {
    return text.replaceAll('-', '−');
}
