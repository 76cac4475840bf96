// The visible range as CSV, Parquet or picture, and the link that restores the view.

import { address } from './api.js';
import { axis } from './axis.js';
import { themed } from './colour.js';
import { byId, element, say } from './dom.js';
import { laneName, shownLanes } from './lanes.js';
import { real, whole } from './numbers.js';
import { hasLayers, isForced, layerOf, model, state, toHash } from './state.js';

/** Brings the dialog's links up to date. */
export function drawExport() {
    const track = isForced() && byId('export-track').value === 'forced' ? 'forced' : 'base';
    // A forced run that began while the session ran holds nothing from before.
    const from = track === 'forced' ? Math.max(state.from, state.divergence[state.model].from ?? 0) : state.from;
    byId('export-track').disabled = !isForced();
    say(byId('export-range'), `Steps ${whole(from)} to ${whole(state.to - 1)}, ${model().name}${hasLayers() ? `, layer ${layerOf().index}` : ': no recurrent layer, so no table of one'}.`);
    // The lanes are drawn, and have their width, in the replay alone.
    byId('export-png').disabled = state.view !== 'replay';
    byId('export-png-why').hidden = state.view === 'replay';
    for (const format of ['csv', 'parquet']) {
        byId(`export-${format}`).hidden = !hasLayers();
        byId(`export-${format}`).href = address('/api/export', { model: state.model, track, layer: layerOf().index, format, from, to: Math.max(from, state.to) });
    }
}

export function listenExport() {
    byId('export-open').addEventListener('click', () => {
        drawExport();
        byId('export').showModal();
    });
    byId('export-track').addEventListener('change', drawExport);
    byId('export-png').addEventListener('click', () => picture().toBlob(blob => save(blob, `${model().name}-${state.from}-${state.to - 1}.png`)));
    for (const id of ['link', 'export-link']) {
        byId(id).addEventListener('click', () => copyLink(byId(id)));
    }
}

async function copyLink(button) {
    const link = `${location.origin}${location.pathname}#${toHash()}`;
    history.replaceState(null, '', link);
    const name = button.textContent;
    try {
        await navigator.clipboard.writeText(link);
        say(button, 'copied');
    } catch {
        say(button, 'in the address bar');
    }
    setTimeout(() => say(button, name), 1500);
}

function save(blob, name) {
    const url = URL.createObjectURL(blob);
    const link = element('a', { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** All lanes as they stand in one picture, with titles and ranges. */
export function picture() {
    const lanes = shownLanes();
    const ratio = lanes[0].canvas.width / axis.width;
    const gutter = 170;
    const heights = lanes.map(lane => Math.max(lane.height(), lane.kind === 'axis' ? 20 : 34) + 6);
    const [width, height] = [gutter + axis.width + 8, heights.reduce((a, b) => a + b, 30)];
    const canvas = element('canvas', { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.fillStyle = themed('ground');
    context.fillRect(0, 0, width, height);
    context.fillStyle = themed('ink');
    context.font = '600 13px system-ui, sans-serif';
    context.fillText(`${state.session.title} · ${model().name} · steps ${whole(state.from)} to ${whole(state.to - 1)}`, 8, 19);
    let y = 30;
    lanes.forEach((lane, i) => {
        drawName(context, lane, y);
        context.drawImage(lane.canvas, gutter, y, axis.width, lane.height());
        y += heights[i];
    });
    return canvas;
}

function drawName(context, lane, y) {
    if (lane.kind === 'axis') {
        return;
    }
    context.fillStyle = themed('ink');
    context.font = '12px system-ui, sans-serif';
    context.fillText(laneName(lane), 8, y + 13, 156);
    context.fillStyle = themed('soft');
    context.font = '11px system-ui, sans-serif';
    const range = lane.legend?.();
    context.fillText(range ? `${real(range.low, 3)} to ${real(range.high, 3)}` : lane.keys().map(key => key.name).join(', '), 8, y + 29, 156);
}
