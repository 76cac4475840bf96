// Play, pause, step, speed, loop.

import { clamp, moveCursor, set, state } from './state.js';

export const speeds = [1, 2, 5, 10, 25, 50, 100, 250, 1000];
let last = 0;
let rest = 0;

export function toggle() {
    if (!state.playing && state.loop === 'off' && state.cursor >= state.steps - 1) {
        moveCursor(state.firstStep);
    }
    set({ playing: !state.playing, follow: false });
    if (state.playing) {
        [last, rest] = [performance.now(), 0];
        requestAnimationFrame(frame);
    }
}

/** Goes on by some steps, and stops playing. */
export function step(count) {
    set({ playing: false, follow: false });
    moveCursor(state.cursor + count);
}

export function go(to) {
    set({ playing: false, follow: false });
    moveCursor(to);
}

export function changeSpeed(by) {
    const place = speeds.findIndex(speed => speed >= state.speed);
    set({ speed: speeds[clamp((place < 0 ? speeds.length - 1 : place) + by, 0, speeds.length - 1)] });
}

function frame(now) {
    if (!state.playing) {
        return;
    }
    rest += Math.min(0.25, (now - last) / 1000) * state.speed;
    last = now;
    const count = Math.floor(rest);
    rest -= count;
    if (count > 0) {
        advance(count);
    }
    requestAnimationFrame(frame);
}

function advance(count) {
    const [first, end] = state.loop === 'view' ? [state.from, state.to] : [state.firstStep, state.steps];
    const next = state.cursor + count;
    if (next < end) {
        moveCursor(next);
    } else if (state.loop !== 'off') {
        moveCursor(first + (next - end) % Math.max(1, end - first));
    } else {
        moveCursor(end - 1);
        if (!state.session.live || state.session.ended) {
            set({ playing: false });
        }
    }
}
