// Colour ramps of 256 entries, as 32-bit RGBA for ImageData. Both are lines in the OKLab space, in which equal steps look equally large: lightness
// alone orders the values, and the hues run between blue and yellow or blue and orange, which colour-blind people tell apart.

const ramps = new Map();

/** From dark blue over green to light yellow: for gates, 0 to 1. */
export function sequential() {
    return ramp('sequential', t => oklab(0.2 + 0.73 * t, -0.015 - 0.075 * Math.sin(Math.PI * t), -0.105 + 0.245 * t ** 1.15));
}

/** Blue below zero, orange above; zero is the ground's lightness. */
export function diverging(dark) {
    return ramp(dark ? 'diverging dark' : 'diverging light', t => {
        const size = Math.abs(2 * t - 1) ** 0.8;
        const ground = dark ? 0.24 : 0.965;
        const strong = dark ? 0.8 : 0.45;
        const hue = t < 0.5 ? [-0.045, -0.15] : [0.085, 0.11];
        return oklab(ground + (strong - ground) * size, hue[0] * size, hue[1] * size);
    });
}

/** A colour of a ramp for style sheets and canvases: t from 0 to 1. */
export function css(colours, t) {
    const colour = colours[Math.round(Math.min(1, Math.max(0, t)) * 255)];
    return `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
}

const themes = new Map();

/** What the page's style sheet says for a name, in the theme of now. */
export function themed(name) {
    const key = `${document.documentElement.dataset.theme} ${name}`;
    if (!themes.has(key)) {
        themes.set(key, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
    }
    return themes.get(key);
}

export const isDark = () => document.documentElement.dataset.theme === 'dark';

function ramp(name, colourAt) {
    if (!ramps.has(name)) {
        ramps.set(name, Uint32Array.from({ length: 256 }, (_, i) => {
            const [red, green, blue] = colourAt(i / 255);
            return (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
        }));
    }
    return ramps.get(name);
}

// Lightness and the two opponent axes to sRGB bytes; a colour outside sRGB loses colour, never lightness.
function oklab(lightness, a, b) {
    for (let share = 1; ; share -= 0.04) {
        const l = (lightness + 0.3963377774 * a * share + 0.2158037573 * b * share) ** 3;
        const m = (lightness - 0.1055613458 * a * share - 0.0638541728 * b * share) ** 3;
        const s = (lightness - 0.0894841775 * a * share - 1.291485548 * b * share) ** 3;
        const linear = [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
        ];
        if (share <= 0 || linear.every(part => part >= -0.002 && part <= 1.002)) {
            return linear.map(toByte);
        }
    }
}

function toByte(linear) {
    const part = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055));
}
