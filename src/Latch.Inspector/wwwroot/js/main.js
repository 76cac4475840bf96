// The page of the gate inspector: starts, and brings what is seen in line with the state, once a frame.

import { getJson, onConnection } from './api.js';
import { drawAttention } from './attention.js';
import { buildControls, drawControls, listenControls } from './controls.js';
import { beginDraw, onDataError } from './data.js';
import { byId, calm, say } from './dom.js';
import { drawExport, listenExport } from './export.js';
import { buildForces, force, onForceError, repin, showDivergence, takeDivergence } from './forces.js';
import { listenKeys } from './keys.js';
import { buildLanes, drawCursor, drawLanes, measureLanes, redescribe } from './lanes.js';
import { show as showLive, startLive } from './live.js';
import { whole } from './numbers.js';
import { onStatisticsError } from './order.js';
import { onShadowError } from './quantities.js';
import { drawMeter, drawReadout } from './readout.js';
import { drawShadow } from './shadow.js';
import { fromHash, hasLayers, keepUsual, listen, model, state, toHash, unitOf } from './state.js';
import { drawStatistics } from './statistics.js';

const dark = matchMedia('(prefers-color-scheme: dark)');
let wanted = new Set();

/** What went wrong, in the server's words, until it is closed or ten seconds have gone. */
const clearProblem = calm(() => { byId('problem').hidden = true; }, 10000);

function problem(text) {
    say(byId('problem-text'), text);
    byId('problem').hidden = false;
    clearProblem();
}

async function start() {
    applyTheme();
    for (const listener of [onDataError, onStatisticsError, onForceError, onShadowError]) {
        listener(problem);
    }
    onConnection(({ lost }) => { byId('lost').hidden = !lost; });
    byId('problem-close').addEventListener('click', () => { byId('problem').hidden = true; });
    try {
        open(await getJson('/api/session'));
    } catch (error) {
        problem(error.message);
        return;
    }
    listenControls();
    listenExport();
    listenKeys();
    listen(changed => {
        for (const name of changed) {
            wanted.add(name);
        }
        schedule();
    });
    rebuild();
    new ResizeObserver(() => wish('size')).observe(byId('stack'));
    dark.addEventListener('change', () => wish('theme'));
    window.addEventListener('hashchange', restore);
    await restoreForces();
    wish('all');
    document.documentElement.dataset.ready = 'true';
    if (state.session.live) {
        startLive();
    }
}

function open(session) {
    const isText = session.input.kind === 'characters';
    Object.assign(state, { session, firstStep: session.firstStep, steps: session.steps, cursor: session.firstStep });
    Object.assign(state, { from: session.firstStep, to: session.firstStep + Math.max(1, Math.min(session.steps - session.firstStep, isText ? readable() : 4000)) });
    state.height = isText && session.models.every(item => item.layers.length === 1) ? 80 : state.height;
    state.channels = isText ? [] : session.input.names.map((_, i) => i).slice(0, 4);
    keepUsual();
    const [forces, cuts] = [{}, {}];
    for (const item of session.models) {
        if (item.forces?.length || item.cut?.length) {
            [forces[item.id], cuts[item.id]] = [item.forces, item.cut];
        }
    }
    const named = new URLSearchParams(location.hash.slice(1));
    fromHash(location.hash);
    if (!named.has('f') && !named.has('cut')) {
        Object.assign(state, { forces, cuts });
    }
}

// About as many characters as fit beside each other, at nine pixels each.
const readable = () => Math.max(30, Math.floor((window.innerWidth > 1020 ? window.innerWidth - 540 : window.innerWidth - 20) / 9));

// Forces of the address are run, unless the server has just these already: on a live session they would begin anew.
async function restoreForces() {
    for (const item of state.session.models) {
        const forces = state.forces[item.id] ?? [];
        const cut = state.cuts[item.id] ?? [];
        const isSame = forcesKey(forces, cut) === forcesKey(item.forces ?? [], item.cut ?? []);
        if (isSame && forces.length + cut.length > 0 && !state.divergence[item.id]) {
            await takeDivergence(item.id);
        } else if (forces.length + cut.length > 0 || state.divergence[item.id] || item.forces?.length || item.cut?.length) {
            await force(item.id, forces, cut);
        }
        [item.forces, item.cut] = [forces, cut];
    }
    buildForces();
}

const forcesKey = (forces, cut) => JSON.stringify([forces.map(({ layer, gate, how, value, units }) => [layer, gate, how, how === 'value' ? value : 0, units]), cut]);

async function restore() {
    if (location.hash.slice(1) !== toHash()) {
        fromHash(location.hash);
        rebuild();
        await restoreForces();
    }
}

const writeAddress = calm(() => history.replaceState(null, '', `#${toHash()}`), 300);

let isScheduled = false;

function schedule() {
    if (!isScheduled) {
        isScheduled = true;
        requestAnimationFrame(frame);
    }
}

function wish(name) {
    wanted.add(name);
    schedule();
}

function rebuild() {
    buildControls();
    buildLanes();
    buildForces();
}

const has = (changed, ...names) => changed.has('all') || names.some(name => changed.has(name));

function frame() {
    isScheduled = false;
    const changed = wanted;
    wanted = new Set();
    if (has(changed, 'theme')) {
        applyTheme();
    }
    if (has(changed, 'model', 'layer', 'allLayers', 'hidden', 'divergence', 'channels', 'events')) {
        buildControls();
        buildLanes();
    }
    if (has(changed, 'model')) {
        buildForces();
    }
    if (has(changed, 'divergence')) {
        showDivergence();
    }
    if (has(changed, 'pins')) {
        repin();
    }
    drawControls();
    if (has(changed, 'size', 'view', 'model', 'layer', 'allLayers', 'hidden', 'divergence')) {
        measureLanes();
    }
    drawView(changed);
    showLive();
    if (!state.playing && has(changed, 'cursor', 'units', 'layer', 'view')) {
        announce();
    }
    if (byId('export').open) {
        drawExport();
    }
    writeAddress();
}

const moves = ['cursor', 'playing', 'speed', 'loop', 'follow', 'shortcuts'];

function drawView(changed) {
    const isOnlyCursor = [...changed].every(name => moves.includes(name));
    if (!isOnlyCursor) {
        beginDraw();
    }
    switch (state.view) {
        case 'replay':
            if (!isOnlyCursor) {
                drawLanes();
                drawMeter();
            } else {
                redescribe();
            }
            drawCursor();
            drawReadout();
            break;
        case 'statistics': drawStatistics(); break;
        case 'shadow': drawShadow(); break;
        default: drawAttention(); break;
    }
}

// What a screen reader hears after a move.
const announce = calm(() => say(byId('announce'), `step ${whole(state.cursor)}, ${model().layers.length > 1 ? `layer ${state.layer}, ` : ''}${hasLayers() ? `unit ${unitOf()}` : ''}`), 400);

function applyTheme() {
    document.documentElement.dataset.theme = state.theme === 'auto' ? (dark.matches ? 'dark' : 'light') : state.theme;
}

start();
