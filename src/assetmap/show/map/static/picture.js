// A Leaflet layer that is one canvas, painted by a generator. Long paintings are cut into slices, so that the page
// never stands still; until the new picture is done the old one is moved and scaled to where it belongs.

const SLICE_MS = 40;

const PictureLayer = L.Layer.extend({
  options: { padding: 0.15 },

  initialize(paint, options) {
    L.setOptions(this, options);
    this._paint = paint;
    this._job = 0;
  },

  onAdd(map) {
    this._canvas = L.DomUtil.create("canvas", "am-picture leaflet-zoom-animated", this.getPane());
    this._canvas.setAttribute("aria-hidden", "true");
    this._map = map;
    this.redraw();
  },

  onRemove() {
    this._job += 1;
    this._canvas.remove();
  },

  getEvents() {
    return {
      moveend: this.redraw,
      viewreset: this._follow,
      zoom: this._follow,
      resize: this.redraw,
      zoomanim: (event) => this._place(event.center, event.zoom),
    };
  },

  _follow() {
    this._place(this._map.getCenter(), this._map.getZoom());
  },

  // Where the picture of the last frame belongs in the view that is coming.
  _place(center, zoom) {
    if (!this._frame) return;
    const grown = this._map.getZoomScale(zoom, this._frame.zoom);
    const origin = this._map._getNewPixelOrigin(center, zoom);
    const corner = L.point(this._frame.left, this._frame.top).multiplyBy(grown).subtract(origin);
    L.DomUtil.setTransform(this._canvas, corner, grown);
  },

  // sharpness: pixels of the picture for one of the screen (more for print). whole: paint without a break.
  redraw(event, sharpness = window.devicePixelRatio || 1, whole = false) {
    if (!this._map) return;
    const size = this._map.getSize();
    if (!size.x || !size.y) return;
    this._follow();
    const margin = size.multiplyBy(this.options.padding).round();
    const zoom = this._map.getZoom();
    const corner = this._map.getPixelBounds().min.subtract(margin);
    const width = size.x + 2 * margin.x;
    const height = size.y + 2 * margin.y;
    const frame = { zoom, scale: 2 ** zoom, left: corner.x, top: corner.y, width, height, margin };
    const back = document.createElement("canvas");
    back.width = Math.round(width * sharpness);
    back.height = Math.round(height * sharpness);
    const context = back.getContext("2d", { willReadFrequently: true });
    context.scale(sharpness, sharpness);
    this._job += 1;
    this._slice(this._paint(context, frame), this._job, () => this._show(back, frame), whole);
  },

  _slice(painting, job, done, whole) {
    if (job !== this._job) return;
    const start = performance.now();
    let step = painting.next();
    while (!step.done && (whole || performance.now() - start < SLICE_MS)) step = painting.next();
    if (step.done) done();
    else setTimeout(() => this._slice(painting, job, done, whole), 0);
  },

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
  },
});
