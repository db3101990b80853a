// A Leaflet layer that is one canvas, painted by a generator. Long paintings are cut into slices, so that the page
// never stands still; until the new picture is done the old one is moved and scaled to where it belongs.

import { pencil } from "./dom.js";

const SLICE_MS = 40;
const MARGIN = 0.15; // painted beyond each edge of the map, as a share of its size

export class PictureLayer extends L.Layer {
  /**
   * @param {(context: CanvasRenderingContext2D, frame: Frame) => Generator<void>} paint
   * @param {string} pane
   */
  constructor(paint, pane) {
    super();
    L.Util.setOptions(this, { pane });
    this._paint = paint;
    this._job = 0;
    /** @type {Frame | null} */
    this._frame = null;
    this._canvas = L.DomUtil.create("canvas", "am-picture leaflet-zoom-animated");
    this._canvas.setAttribute("aria-hidden", "true");
  }

  /** @param {L.Map} map */
  onAdd(map) {
    this._map = map;
    this.getPane()?.append(this._canvas);
    this.redraw();
    return this;
  }

  onRemove() {
    this._job += 1;
    this._canvas.remove();
    return this;
  }

  getEvents() {
    const redraw = () => this.redraw();
    return {
      moveend: redraw,
      viewreset: this._follow,
      zoom: this._follow,
      resize: redraw,
      zoomanim: (/** @type {any} */ event) => this._place(event.center, event.zoom),
    };
  }

  _follow() {
    this._place(this._map.getCenter(), this._map.getZoom());
  }

  /**
   * Move the picture of the last frame to where it belongs in the view that is coming.
   * @param {L.LatLng} center @param {number} zoom
   */
  _place(center, zoom) {
    if (!this._frame) return;
    const grown = this._map.getZoomScale(zoom, this._frame.zoom);
    const origin = /** @type {any} */ (this._map)._getNewPixelOrigin(center, zoom);
    const corner = L.point(this._frame.left, this._frame.top).multiplyBy(grown).subtract(origin);
    L.DomUtil.setTransform(this._canvas, corner, grown);
  }

  /**
   * @param {number} [sharpness] pixels of the picture for one of the screen (more for print)
   * @param {boolean} [whole] paint without a break
   */
  redraw(sharpness = window.devicePixelRatio || 1, whole = false) {
    if (!this._map) return;
    const size = this._map.getSize();
    if (!size.x || !size.y) return;
    this._follow();
    const margin = size.multiplyBy(MARGIN).round();
    const zoom = this._map.getZoom();
    const corner = /** @type {L.Point} */ (this._map.getPixelBounds().min).subtract(margin);
    const width = size.x + 2 * margin.x;
    const height = size.y + 2 * margin.y;
    const frame = { zoom, scale: 2 ** zoom, left: corner.x, top: corner.y, width, height, margin };
    const back = document.createElement("canvas");
    back.width = Math.round(width * sharpness);
    back.height = Math.round(height * sharpness);
    const context = pencil(back);
    context.scale(sharpness, sharpness);
    this._job += 1;
    this._slice(this._paint(context, frame), this._job, () => this._show(back, frame), whole);
  }

  /** @param {Generator<void>} painting @param {number} job @param {() => void} done @param {boolean} whole */
  _slice(painting, job, done, whole) {
    if (job !== this._job) return;
    const start = performance.now();
    let step = painting.next();
    while (!step.done && (whole || performance.now() - start < SLICE_MS)) step = painting.next();
    if (step.done) done();
    else setTimeout(() => this._slice(painting, job, done, whole), 0);
  }

  /** The canvas as it is painted, and the frame that it holds. */
  painted() {
    return { canvas: this._canvas, frame: this._frame };
  }

  /** @param {HTMLCanvasElement} back @param {Frame} frame */
  _show(back, frame) {
    back.className = this._canvas.className;
    back.setAttribute("aria-hidden", "true");
    back.style.width = `${frame.width}px`;
    back.style.height = `${frame.height}px`;
    this._canvas.replaceWith(back);
    this._canvas = back;
    this._frame = frame;
    this._follow();
    this.fire("painted");
  }
}
