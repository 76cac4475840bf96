// The characters of the input, one a step.

import { getJson } from './api.js';
import { state, touch } from './state.js';

let characters = [];
let asked = -1;
let textStart = 0;

export const hasText = () => state.session.input.kind === 'characters';

/** The character at a step, or an empty text. */
export function textAt(step) {
    if (step >= textStart + characters.length && asked < state.steps) {
        load();
    }
    return characters[step - textStart] ?? '';
}

async function load() {
    asked = state.steps;
    const start = state.session.live ? state.firstStep : 0;
    try {
        const answer = await getJson('/api/text');
        [characters, textStart] = [[...answer.text], answer.firstStep ?? start];
        touch('data');
    } catch {
        setTimeout(() => { asked = -1; }, 2000);
    }
}
