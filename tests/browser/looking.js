// What an eye sees on the page: its texts, where each stands and how much of it, and the shapes that are drawn.
// Places are in pixels of the page. `looking.py` puts this before the questions it asks.

const MIDDLE = 0.7; // of a line's height is taken by its letters
const LEAST_SIZE = 12; // pixels
const ENOUGH = 4.5; // of contrast
const TOUCH = 1.5; // pixels that two texts may share: their edges are drawn softly
const SCROLLS = /auto|scroll/;

/** The innermost window or part that is open: nothing behind it can be read. */
const seen = () => document.querySelector("#panel[open]") ?? document.body;

function name(element, text) {
    const place = element.closest("[id]");
    const own = element.id ? "" : (element.getAttribute("class") ?? element.localName).split(" ").join(".");
    return `#${place?.id ?? "?"} ${own} “${text.trim().replace(/\s+/g, " ").slice(0, 40)}”`;
}

/** The part of the screen that an element's own content may be drawn on: {left, top, right, bottom}, and what cuts it. */
function clipped(element) {
    const clip = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity, by: [] };
    let position = getComputedStyle(element).position;
    const inside = {};
    for (let one = element; one && one !== document.body; one = one.parentElement) {
        const style = getComputedStyle(one);
        const placed = style.position !== "static" || style.transform !== "none";
        if (one !== element && (position === "absolute" || position === "fixed") && !placed) continue;
        if (one !== element) position = style.position;
        if (one.clientWidth === 0 && style.display.startsWith("inline")) continue;
        const box = one.getBoundingClientRect();
        const inner = {
            left: box.left + (one.clientLeft ?? 0),
            top: box.top + (one.clientTop ?? 0),
            right: box.right - (one.clientLeft ?? 0),
            bottom: box.bottom - (one.clientTop ?? 0),
        };
        for (const [start, end, axis, size] of [["left", "right", style.overflowX, "Width"], ["top", "bottom", style.overflowY, "Height"]]) {
            if (axis === "visible" || (one instanceof SVGElement && one.ownerSVGElement)) continue;
            // what scrolls inside something that does not can still be brought into it
            const scrolls = inside[size] ||= SCROLLS.test(axis) && one[`scroll${size}`] > one[`client${size}`];
            clip.by.push({ [start]: inner[start], [end]: inner[end], scrolls });
            clip[start] = Math.max(clip[start], inner[start]);
            clip[end] = Math.min(clip[end], inner[end]);
        }
        if (one.matches("dialog, [popover]")) break;
    }
    return clip;
}

/** Whether letters are drawn for an eye: what is only heard is cut to nothing, and what lies under the field has no ink. */
function isDrawn(element) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    for (let one = element; one; one = one.parentElement) if (getComputedStyle(one).clipPath === "inset(50%)") return false;
    return true;
}

const corners = (left, top, right, bottom) => [[left, top], [right, top], [right, bottom], [left, bottom]];

/** The boxes of a node's letters: four corners each, in pixels of the screen, and as much of a line as letters take. */
function quads(node, element) {
    if (element instanceof SVGElement) {
        const box = element.getBBox(), matrix = element.getScreenCTM(), cut = ((1 - MIDDLE) / 2) * box.height;
        const places = corners(box.x, box.y + cut, box.x + box.width, box.y + box.height - cut);
        return [places.map(([x, y]) => [matrix.a * x + matrix.c * y + matrix.e, matrix.b * x + matrix.d * y + matrix.f])];
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    const upright = getComputedStyle(element).writingMode.startsWith("vertical");
    return [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1).map(box => {
        const cut = ((1 - MIDDLE) / 2) * (upright ? box.width : box.height);
        return upright
            ? corners(box.left + cut, box.top, box.right - cut, box.bottom)
            : corners(box.left, box.top + cut, box.right, box.bottom - cut);
    });
}

/** Of a field, whose letters no range reaches: where its value stands, in the middle of its content. */
function fieldQuad(field) {
    const box = field.getBoundingClientRect(), style = getComputedStyle(field);
    const half = (parseFloat(style.fontSize) * 1.2 * MIDDLE) / 2, middle = (box.top + box.bottom) / 2;
    return corners(box.left + parseFloat(style.paddingLeft), middle - half, box.right - parseFloat(style.paddingRight), middle + half);
}

function bounds(quad) {
    const [xs, ys] = [quad.map(point => point[0]), quad.map(point => point[1])];
    return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** How much of a box an edge takes away, and whether scrolling brings it back. */
function lost(box, clip) {
    let most = 0;
    for (const edge of clip.by) {
        if (edge.scrolls) continue;
        const across = Math.max(0, (edge.left ?? -Infinity) - box.left, box.right - (edge.right ?? Infinity));
        const down = Math.max(0, (edge.top ?? -Infinity) - box.top, box.bottom - (edge.bottom ?? Infinity));
        most = Math.max(most, across > 2 ? across : 0, down > 2 ? down : 0);
    }
    return most;
}

/** A name that says the whole text where a pointer rests. */
const told = (element, text) =>
    [...document.querySelectorAll("[title]")].some(
        one => one.contains(element) && one.getAttribute("title").includes(text.trim().split("…")[0].trim()),
    );

/** Every text that is drawn: {name, element, text, quads, size, colour, opacity, cut}; quads are what is seen of it. */
function texts() {
    const found = [];
    const add = (element, text, own, style = getComputedStyle(element)) => {
        const clip = clipped(element);
        const whole = own.map(bounds);
        const left = own.map((quad, i) => {
            const [box, rotated] = [whole[i], Math.abs(quad[0][1] - quad[1][1]) > 0.5];
            const part = {
                left: Math.max(box.left, clip.left), top: Math.max(box.top, clip.top),
                right: Math.min(box.right, clip.right), bottom: Math.min(box.bottom, clip.bottom),
            };
            if (part.right - part.left < 1.5 || part.bottom - part.top < 1.5) return null;
            if (rotated) return part.right - part.left + part.bottom - part.top < box.right - box.left + box.bottom - box.top - 2 ? null : quad;
            return corners(part.left, part.top, part.right, part.bottom);
        });
        const scale = element instanceof SVGElement ? Math.hypot(element.getScreenCTM().a, element.getScreenCTM().b) : 1;
        let opacity = 1;
        for (let one = element; one; one = one.parentElement) opacity *= getComputedStyle(one).opacity;
        const outside = whole.some((box, i) => left[i] && (box.left < -1 || box.right > innerWidth + 1))
            && !clip.by.some(edge => edge.scrolls && "left" in edge);
        found.push({
            name: name(element, text), element, text,
            quads: left.filter(Boolean),
            size: parseFloat(style.fontSize) * scale,
            colour: element instanceof SVGElement ? style.fill : style.color,
            opacity,
            cut: Math.max(...whole.map(box => lost(box, clip))) > 0 && !told(element, text),
            outside,
            exempt: element.closest(":disabled") !== null,
        });
    };
    const walker = document.createTreeWalker(seen(), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, element = node.parentElement;
        if (!node.data.replace(/\u200b/g, "").trim() || element.closest("script, style, noscript, select, textarea, title, option")) continue;
        if (!isDrawn(element)) continue;
        const own = quads(node, element);
        if (own.length) {
            const field = element.closest("#prompt-tokens") && !element.closest(".ghost");
            add(element, node.data, own, getComputedStyle(field ? document.querySelector("#prompt") : element));
        }
    }
    for (const field of seen().querySelectorAll("select, input:not([type=range], [type=checkbox], [type=radio], [type=file])"))
        if (isDrawn(field)) add(field, field.selectedOptions?.[0]?.text ?? field.value ?? "", [fieldQuad(field)]);
    return found.filter(one => one.quads.length);
}

/** How deep two quads lie in each other, in pixels: 0 where a line can be drawn between them. */
function depth(a, b) {
    let least = Infinity;
    for (const quad of [a, b])
        for (let i = 0; i < 2; i++) {
            const [dx, dy] = [quad[i + 1][0] - quad[i][0], quad[i + 1][1] - quad[i][1]];
            const long = Math.hypot(dx, dy) || 1, [nx, ny] = [-dy / long, dx / long];
            const [p, q] = [a, b].map(one => one.map(([x, y]) => x * nx + y * ny));
            least = Math.min(least, Math.max(...p) - Math.min(...q), Math.max(...q) - Math.min(...p));
            if (least <= 0) return 0;
        }
    return least;
}

/** Whether something that cannot be seen through lies over the element at a point of the page. */
function covered(element, x, y) {
    if (element instanceof SVGElement && getComputedStyle(element).pointerEvents === "none") return false;
    const [left, top] = [scrollX, scrollY];
    scrollTo({ top: y + top - innerHeight / 2, behavior: "instant" });
    const stack = document.elementsFromPoint(x - scrollX + left, y - scrollY + top);
    scrollTo({ left, top, behavior: "instant" });
    for (const one of stack) {
        if (one === element || element.contains(one)) return false;
        if (one.contains(element)) {
            // its own ground lies behind it; one that its ::before draws over what passes below does not
            const ground = getComputedStyle(one, "::before");
            if (ground.content !== "none" && /sticky|absolute/.test(ground.position) && ground.zIndex > 0) return true;
            continue;
        }
        if (!/rgba\(.*, 0\)/.test(getComputedStyle(one).backgroundColor)) return true;
    }
    return false;
}

/** Whether it stays while something passes below it when that is scrolled, or is laid over what it belongs to. */
function passes(element) {
    for (let one = element; one && one !== seen(); one = one.parentElement)
        if (/sticky|fixed/.test(getComputedStyle(one).position) || one.matches(".prompt-stack, [popover], .first-guess")) return true;
    return false;
}

/** The part of a control that is seen. */
function shown(element) {
    const box = element.getBoundingClientRect(), clip = clipped(element);
    return {
        left: Math.max(box.left, clip.left), top: Math.max(box.top, clip.top),
        right: Math.min(box.right, clip.right), bottom: Math.min(box.bottom, clip.bottom),
    };
}

const SUM = /\d[\d.\u202f]*(?:[\s()\u2066-\u2069]*[×·÷=+−√^][\s()e×·÷=+−√^\u2066-\u2069]*\d[\d.\u202f]*)+/gu;

/** Sums and products whose numbers do not stand from left to right, as they do in every language. */
function mirrored() {
    const found = [];
    for (const element of seen().querySelectorAll("*")) {
        if (element.closest("svg, script, style") || !isDrawn(element)) continue;
        const inline = [...element.children].every(one => getComputedStyle(one).display.startsWith("inline"));
        if (!inline || (element.parentElement.textContent !== "" && getComputedStyle(element).display.startsWith("inline"))) continue;
        const nodes = [], walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) if (isDrawn(walker.currentNode.parentElement)) nodes.push(walker.currentNode);
        for (const sum of nodes.map(node => node.data).join("").matchAll(SUM)) {
            const boxes = [...sum[0].matchAll(/\d+/g)].map(digits => placed(nodes, sum.index + digits.index));
            if (boxes.some((box, i) => i && Math.abs(box.bottom - boxes[i - 1].bottom) < 4 && box.left < boxes[i - 1].left))
                found.push(name(element, sum[0]));
        }
    }
    return found;
}

/** Where the sign with this number in the text of all these nodes stands. */
function placed(nodes, at) {
    let node = 0;
    for (; at >= nodes[node].length; node++) at -= nodes[node].length;
    const range = document.createRange();
    range.setStart(nodes[node], at);
    range.setEnd(nodes[node], at + 1);
    return range.getBoundingClientRect();
}

/** Pairs of texts that lie on each other. */
function intersections(all) {
    const found = [];
    const boxes = all.flatMap(one => one.quads.map(quad => ({ one, quad, ...bounds(quad) })));
    boxes.sort((a, b) => a.left - b.left);
    for (let i = 0; i < boxes.length; i++)
        for (let j = i + 1; j < boxes.length && boxes[j].left < boxes[i].right; j++) {
            const [a, b] = [boxes[i], boxes[j]];
            if (a.one === b.one || a.top > b.bottom || b.top > a.bottom || depth(a.quad, b.quad) <= TOUCH) continue;
            const x = (Math.max(a.left, b.left) + Math.min(a.right, b.right)) / 2;
            const y = (Math.max(a.top, b.top) + Math.min(a.bottom, b.bottom)) / 2;
            if (!covered(a.one.element, x, y) && !covered(b.one.element, x, y)) found.push(`${a.one.name} on ${b.one.name}`);
        }
    return found;
}

const CONTROLS = "button, input, select, textarea, summary, [role=slider], [role=separator]";

/** Texts that stand where a control does, and are not its own. */
function crowded(all) {
    const found = [];
    const controls = [...seen().querySelectorAll(CONTROLS)].filter(isDrawn).map(one => ({ one, ...shown(one) }));
    for (const { element, quads, name: what } of all)
        for (const quad of quads)
            for (const { one, ...box } of controls) {
                if (one.contains(element) || element.contains(one)) continue;
                const { left, top, right, bottom } = bounds(quad);
                const across = Math.min(right, box.right) - Math.max(left, box.left);
                const down = Math.min(bottom, box.bottom) - Math.max(top, box.top);
                if (across <= TOUCH || down <= TOUCH || depth(quad, corners(box.left, box.top, box.right, box.bottom)) <= TOUCH) continue;
                const both = `${what} and ${name(one, one.textContent)}`;
                if (!passes(one) && !passes(element) && !found.includes(both)) found.push(both);
            }
    return found;
}

/** All that is wrong with the page's texts but their colours: {kind: [what]}. */
function textFaults() {
    const all = texts(), width = document.documentElement.scrollWidth;
    return {
        "two texts lie on each other": intersections(all),
        "stands with a control in one place": crowded(all),
        "is mirrored": mirrored(),
        "cut, and nowhere whole": all.filter(one => one.cut).map(one => one.name),
        "sticks out of the window": all.filter(one => one.outside).map(one => one.name)
            .concat(width > innerWidth ? [`the page is ${width} wide`] : []),
        "too small": all.filter(one => one.size < LEAST_SIZE - 0.05).map(one => `${one.size.toFixed(1)} px ${one.name}`),
    };
}

/** No letters, but everything else, so that a picture shows what lies behind them. */
function hideLetters(hidden) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`*, ::before, ::after, ::placeholder { -webkit-text-fill-color: transparent !important;
        caret-color: transparent !important; text-decoration-color: transparent !important }
        text { fill: transparent !important }
        math * { color: transparent !important }`); // brackets that grow, roots and fractions are drawn, not written
    document.adoptedStyleSheets = hidden ? [sheet] : [];
}

const channel = value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const light = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);

/** Contrast of every text with what lies behind it, by a picture of the whole page without letters: [[name, ratio]]. */
async function contrasts(png, share) {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height);
    const whole = seen() === document.body;
    return texts().filter(one => !one.exempt).map(one => {
        const [r, g, b, a = 1] = one.colour.match(/[\d.]+/g).map(Number);
        const ink = a * one.opacity;
        const edged = getComputedStyle(one.element).paintOrder.startsWith("stroke"); // what shows beside the edge hides no letter
        const found = [];
        for (const [p, q, , s] of one.quads) {
            const across = Math.min(120, Math.ceil(Math.hypot(q[0] - p[0], q[1] - p[1])));
            const down = Math.min(20, Math.ceil(Math.hypot(s[0] - p[0], s[1] - p[1])));
            for (let i = 0; i < across; i++)
                for (let j = 0; j < down; j++) {
                    const [u, v] = [(i + 0.5) / across, (j + 0.5) / down];
                    const x = Math.floor(p[0] + u * (q[0] - p[0]) + v * (s[0] - p[0]) + (whole ? scrollX : 0));
                    const y = Math.floor(p[1] + u * (q[1] - p[1]) + v * (s[1] - p[1]) + (whole ? scrollY : 0));
                    if (x < 0 || y < 0 || x >= image.width || y >= image.height) continue;
                    const at = 4 * (y * image.width + x), behind = [data[at], data[at + 1], data[at + 2]];
                    const drawn = [r, g, b].map((value, k) => ink * value + (1 - ink) * behind[k]);
                    const [low, high] = [light(drawn), light(behind)].sort((m, n) => m - n);
                    found.push((high + 0.05) / (low + 0.05));
                }
        }
        found.sort((m, n) => m - n);
        const ratio = found.length ? found[Math.floor((edged ? 5 : 1) * share * found.length)] : 21;
        return [`${one.name} in ${one.colour}`, ratio < ENOUGH && partlyCovered(one) ? 21 : ratio];
    });
}

/** Whether something that stays while the page scrolls lies over a part of a text: scrolling brings it out. */
function partlyCovered({ element, quads }) {
    return quads.some(quad => {
        const [x, y] = [0, 1].map(axis => quad.reduce((sum, corner) => sum + corner[axis], 0) / 4);
        return quad.some(([left, top]) => covered(element, x + 0.8 * (left - x), y + 0.8 * (top - y)));
    });
}

/** The cells of the matrix and the bars of the tokens: {what, row, left, top, right, bottom}; a cell is no row's own. */
function cells(count) {
    const found = [];
    const grid = document.querySelector("#pattern svg").getBoundingClientRect();
    const [wide, high] = [grid.width / count, grid.height / count];
    for (let row = 0; row < count; row++)
        for (let column = 0; column <= row; column++)
            found.push({
                what: `a cell of row ${row}, column ${column}`, row: null,
                left: grid.left + (column + 0.12) * wide, right: grid.left + (column + 0.88) * wide,
                top: grid.top + (row + 0.12) * high, bottom: grid.top + (row + 0.88) * high,
            });
    for (const strip of document.querySelectorAll("#flow .heatmap")) {
        const box = strip.getBoundingClientRect(), pitch = box.height / count;
        for (let row = 0; row < count; row++) {
            const top = box.top + (row + Number(strip.dataset.top)) * pitch;
            found.push({
                what: `${strip.dataset.heatmap} of row ${row}`, row, left: box.left + 1, right: box.right - 1,
                top: top + 0.75, bottom: top + Number(strip.dataset.height) * pitch - 0.75,
            });
        }
    }
    return found;
}

/** Ribbons that run through a cell of the matrix, or through a bar of a token that they do not start at: [what]. */
function strayRibbons() {
    const count = Number(document.querySelector("#figure").dataset.count), all = cells(count), found = [];
    const origin = document.querySelector("#overlay").getBoundingClientRect();
    const rows = document.querySelector("#qkv .heatmap").getBoundingClientRect();
    for (const path of document.querySelectorAll("#ribbons path:not(.plus path, .link)")) {
        const long = path.getTotalLength(), steps = Math.min(400, Math.ceil(long / 4)), touched = new Set();
        const starts = path.getPointAtLength(0).y + origin.top + 0.5;
        const own = path.matches(".output") ? null : Number(path.dataset.row ?? Math.floor(((starts - rows.top) / rows.height) * count));
        const box = path.getBoundingClientRect();
        const near = all.filter(one => one.left < box.right && one.right > box.left && one.top < box.bottom && one.bottom > box.top);
        for (let i = 0; near.length && i <= steps; i++) {
            const point = path.getPointAtLength((i / steps) * long), x = point.x + origin.left, y = point.y + origin.top;
            for (const one of near)
                if (x > one.left && x < one.right && y > one.top && y < one.bottom && (one.row === null || (own !== null && own !== one.row)))
                    touched.add(one.what);
        }
        if (touched.size) found.push(`${path.getAttribute("class")} through ${[...touched].map(what => what.replace(/ row.*/, "")).sort()[0]}`);
    }
    return found;
}

/** The kinds of what is drawn, and which of the places that say what they are can be seen. */
function drawn(places) {
    const kinds = new Set();
    for (const shape of document.querySelectorAll("#ribbons :is(path, rect), #fan path, #needle :is(rect, line, path), #curve polyline, .heatmap path, .matrix :is(path, image)")) {
        if (shape.closest(".stripes") || !shape.getAttribute("class") || shape.getAttribute("d") === "") continue;
        if (!isDrawn(shape) || getComputedStyle(shape).visibility === "hidden") continue;
        kinds.add(shape.getAttribute("class").split(" ")[0]);
    }
    const there = places.filter(place => [...document.querySelectorAll(place)].some(one => isDrawn(one) && one.getBoundingClientRect().width > 3));
    return [[...kinds], there];
}
