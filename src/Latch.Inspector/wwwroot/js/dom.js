// Elements, made in code: the page's policy allows no inline script or style.

/** element('button', { type: 'button', class: 'quiet', onclick: f, 'aria-label': '...' }, ...children) */
export function element(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

/** As element, for SVG. */
export function svg(name, attributes = {}, ...children) {
    return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) {
            continue;
        }
        if (key.startsWith('on')) {
            node.addEventListener(key.slice(2), value);
        } else {
            node.setAttribute(key, value === true ? '' : value);
        }
    }
    node.append(...children.filter(child => child !== null && child !== undefined));
    return node;
}

/** Puts other children into a node. Where one of the old ones had the focus, the one that takes its place gets it. */
export function rebuild(host, ...children) {
    const before = document.activeElement;
    const had = before !== host && host.contains(before) ? { name: focusName(before), top: before.scrollTop, begin: caret(before, 'selectionStart'), end: caret(before, 'selectionEnd') } : null;
    host.replaceChildren(...children);
    if (!had) {
        return;
    }
    const next = [...host.querySelectorAll('a[href], button, input, select, summary, [tabindex]')].find(node => focusName(node) === had.name);
    if (next) {
        next.focus({ preventScroll: true });
        next.scrollTop = had.top;
        if (had.begin !== null && next.type === 'text') {
            next.setSelectionRange(had.begin, had.end);
        }
    }
}

const caret = (node, name) => node.type === 'text' ? node[name] : null;

// What an element and its successor have in common.
const focusName = node => node.id || [node.tagName, node.closest('[data-force], [data-alarms], figure')?.outerHTML.match(/^<[^>]*>/)[0] ?? '', node.name ?? '', node.type === 'radio' ? node.value : '',
    node.getAttribute('aria-label') ?? (node.tagName === 'BUTTON' ? node.textContent : '')].join('|');

export const byId = id => document.getElementById(id);

/** Sets the text only when it differs: an unchanged node is not laid out again. */
export function say(node, text) {
    if (node.textContent !== text) {
        node.textContent = text;
    }
}

export function option(value, text) {
    return element('option', { value }, text);
}

/** A table with a caption; rows hold texts, the first of each is its head. */
export function table(caption, heads, rows, { scroll = true } = {}) {
    const body = element('tbody', {}, ...rows.map(row => element('tr', {}, ...row.map((cell, i) =>
        i === 0 ? element('th', { scope: 'row' }, cell) : element('td', {}, cell)))));
    const made = element('table', {}, element('caption', {}, caption),
        element('thead', {}, element('tr', {}, ...heads.map(head => element('th', { scope: 'col' }, head)))), body);
    return scroll ? element('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': caption }, made) : made;
}

/** Runs action once, delay milliseconds after the last call. */
export function calm(action, delay) {
    let timer = 0;
    return (...values) => {
        clearTimeout(timer);
        timer = setTimeout(() => action(...values), delay);
    };
}
