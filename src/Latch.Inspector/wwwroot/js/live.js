// A running session: the server says how far it is, the page pulls what it shows, at most three times a second.

import { getJson, isOther } from './api.js';
import { byId, say } from './dom.js';
import { followDivergence } from './forces.js';
import { whole } from './numbers.js';
import { moveCursor, set, showRange, state } from './state.js';

const PULL = 330;
let news = null;
let dropped = 0;
let isConnected = false;

/** Starts to listen to a running session. */
export function startLive() {
    byId('live').hidden = false;
    const source = new EventSource('/api/live');
    source.addEventListener('open', () => { isConnected = true; show(); });
    source.addEventListener('error', () => {
        isConnected = false;
        show();
        if (source.readyState === EventSource.CLOSED) {
            // Refused: whoever answers now may serve another session, which the answer to any request tells.
            getJson('/api/session').catch(() => {});
        }
    });
    source.addEventListener('steps', event => {
        isConnected = true;
        const told = JSON.parse(event.data);
        news = isOther(told.id) ? null : told;
    });
    source.addEventListener('ended', event => {
        if (isOther(JSON.parse(event.data).id)) {
            return;
        }
        source.close();
        take();
        set({ session: { ...state.session, ended: true } });
        show();
    });
    setInterval(take, PULL);
    setInterval(followDivergence, 3000);
    byId('follow').addEventListener('click', () => {
        set({ follow: !state.follow });
        toNewest();
    });
}

// What came since the last pull moves the view when it follows; otherwise the view stays and only the numbers go on.
function take() {
    if (!news) {
        return;
    }
    const { firstStep, steps } = news;
    dropped = news.dropped ?? 0;
    news = null;
    set({ firstStep, steps });
    const span = state.to - state.from;
    if (state.follow) {
        toNewest();
    } else if (state.from < firstStep) {
        showRange(firstStep, firstStep + span);
        moveCursor(Math.max(state.cursor, firstStep), { keepView: true });
    }
    show();
}

function toNewest() {
    if (state.follow) {
        const span = Math.max(state.to - state.from, Math.min(300, state.steps - state.firstStep));
        showRange(state.steps - span, state.steps);
        moveCursor(state.steps - 1);
    }
}

/** The state of the session in words. */
export function show() {
    if (!state.session?.live) {
        return;
    }
    const ended = state.session.ended;
    byId('live').dataset.state = ended ? 'ended' : isConnected ? 'running' : 'lost';
    say(byId('live-text'), `${ended ? 'ended' : isConnected ? 'live' : 'connection lost, trying again'} · held ${whole(state.firstStep)} to ${whole(Math.max(state.firstStep, state.steps - 1))} · dropped ${whole(dropped)}`);
    byId('follow').setAttribute('aria-pressed', String(state.follow));
    say(byId('follow'), state.follow ? 'following' : 'follow');
}
