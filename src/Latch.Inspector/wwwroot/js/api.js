// Requests to the server that served this page. At most six at a time; a lost connection is reported and tried again. When another session has taken the
// place of the one that is shown, the page is loaded anew: nothing it holds is true of that one.

import { state, toHash } from './state.js';

let session = null;
const running = { count: 0, waiting: [] };
let report = () => {};

/** Who is told: report({ lost }) when the connection goes or comes back. */
export function onConnection(listener) {
    report = listener;
}

/** An answer that is not 200, with the server's words. */
export class ServerError extends Error {
    constructor(message, status, body) {
        super(message);
        this.status = status;
        this.body = body;
    }
}

export function address(path, query) {
    const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
    return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path;
}

export const getJson = async (path, query) => (await request(address(path, query))).json();
export const getBytes = async (path, query) => (await request(address(path, query))).arrayBuffer();

export async function postJson(path, body) {
    const answer = await request(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Latch': '1' },
        body: JSON.stringify(body),
    });
    return answer.json();
}

/** Takes note of the session that answers; true, and the page is loaded anew, when it is another than before. */
export function isOther(id) {
    if (!id || id === session) {
        return false;
    }
    if (session === null) {
        session = id;
        return false;
    }
    if (state.session) {
        history.replaceState(null, '', `#${toHash()}`);
    }
    location.reload();
    return true;
}

async function request(url, options) {
    await turn();
    try {
        for (let attempt = 0; ; attempt++) {
            const answer = await reach(url, options);
            if (answer.status === 429 && attempt < 6) {
                await wait(300 * 2 ** attempt);
                continue;
            }
            if (!answer.ok) {
                throw await serverError(answer);
            }
            return answer;
        }
    } finally {
        running.count--;
        running.waiting.shift()?.();
    }
}

async function turn() {
    if (running.count >= 6) {
        await new Promise(resolve => running.waiting.push(resolve));
    }
    running.count++;
}

async function reach(url, options) {
    for (let attempt = 0; ; attempt++) {
        try {
            const answer = await fetch(url, options);
            report({ lost: false });
            if (isOther(answer.headers.get('X-Latch-Session'))) {
                await new Promise(() => {});
            }
            return answer;
        } catch {
            report({ lost: true });
            await wait(Math.min(5000, 500 * 2 ** attempt));
        }
    }
}

async function serverError(answer) {
    let body = null;
    try {
        body = await answer.json();
    } catch {
        // The status says enough.
    }
    const text = body?.error ?? `The server answered ${answer.status} ${answer.statusText} to ${new URL(answer.url).pathname}.`;
    return new ServerError(text, answer.status, body);
}

const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
