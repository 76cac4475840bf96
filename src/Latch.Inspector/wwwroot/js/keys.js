// The keyboard. Single keys can be switched off in the help.

import { changeSpeed, go, step, toggle } from './player.js';
import { orderOf } from './order.js';
import { byId } from './dom.js';
import { chooseUnit, hasLayers, set, showRange, state, togglePin, unitOf, zoom } from './state.js';

export const help = [
    ['Space', 'play or pause'],
    ['← →', 'one step back or on'],
    ['Shift ← →', 'a tenth of the view back or on'],
    ['Home, End', 'first or last step'],
    ['↑ ↓', 'the unit above or below'],
    ['P', 'pin the chosen unit, or let it go'],
    ['+ −', 'faster or slower'],
    ['Z, X', 'zoom in or out around the cursor'],
    ['0', 'the whole run in view'],
    ['L', 'loop: off, view, all'],
    ['1 to 4', 'replay, statistics, int8 and float, attention'],
    ['?', 'this help'],
    ['Click, drag in a lane', 'move the cursor; in a heat map also choose the unit'],
    ['Ctrl wheel, Shift wheel, Alt drag', 'zoom, pan, pan'],
];

const loops = ['off', 'view', 'all'];
const stride = () => Math.max(2, Math.round((state.to - state.from) / 10));

const actions = {
    ' ': toggle,
    ArrowLeft: event => step(event.shiftKey ? -stride() : -1),
    ArrowRight: event => step(event.shiftKey ? stride() : 1),
    ArrowUp: () => chooseNext(-1),
    ArrowDown: () => chooseNext(1),
    Home: () => go(state.firstStep),
    End: () => go(state.steps - 1),
    '+': () => changeSpeed(1),
    '=': () => changeSpeed(1),
    '-': () => changeSpeed(-1),
    '−': () => changeSpeed(-1),
    z: () => zoom(0.7),
    x: () => zoom(1 / 0.7),
    0: () => showRange(state.firstStep, state.steps),
    p: () => togglePin(unitOf()),
    l: () => set({ loop: loops[(loops.indexOf(state.loop) + 1) % loops.length] }),
    1: () => view('replay'),
    2: () => view('statistics'),
    3: () => view('shadow'),
    4: () => view('attention'),
    '?': () => byId('help').showModal(),
};

function view(name) {
    if (!byId(`tab-${name}`).hidden) {
        set({ view: name });
    }
}

/** The unit above or below in the order shown. */
export function chooseNext(by) {
    if (!hasLayers()) {
        return;
    }
    const { units, rank } = orderOf(state.layer);
    chooseUnit(units[Math.min(units.length - 1, Math.max(0, rank.get(unitOf()) + by))]);
}

export function listenKeys() {
    document.addEventListener('keydown', event => {
        if (event.ctrlKey || event.metaKey || event.altKey || !state.shortcuts || document.querySelector('dialog[open]') || takesKey(event)) {
            return;
        }
        const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        if (action) {
            event.preventDefault();
            action(event);
        }
    });
}

// Elements that use the key themselves.
function takesKey(event) {
    const target = event.target;
    if (target.closest('input[type="text"], input[type="number"], select, textarea')) {
        return true;
    }
    const isMove = event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End';
    if (target.closest('input[type="range"], input[type="radio"], [role="tab"], .table-scroll')) {
        return isMove || event.key === ' ';
    }
    return event.key === ' ' && Boolean(target.closest('button, summary, input, a'));
}
