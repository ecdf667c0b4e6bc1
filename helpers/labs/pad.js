// A square pad to draw on by mouse, pen or finger. Its strokes, lists of points from 0 to 1, go to the kernel as
// JSON once an animation frame, so the answer follows the pen. The kernel may set other strokes: [] clears the pad.

const PIXELS = 560; // a side, twice as many as shown: sharp on dense screens too

function render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PIXELS;
  canvas.className = "drawing-pad";
  canvas.style.cssText = `display: block; width: 280px; max-width: 100%; aspect-ratio: 1; margin: 2px;
    background: white; box-shadow: 0 0 0 1px #222; cursor: crosshair;
    touch-action: none; user-select: none; -webkit-user-select: none;`; // a finger draws here, and does not scroll
  canvas.setAttribute("role", "img");
  el.append(canvas);

  let strokes = copy(model.get("strokes"));
  let sent = null; // what this pad last told the model, to know its own echo
  let pointer = null; // the pointer that draws; others, a second finger or a resting palm, are not heard
  let frame = null;

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const share = (at, from, length) => Math.round((1000 * (at - from)) / length) / 1000;
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  }

  function paint() {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, PIXELS, PIXELS);
    context.lineWidth = model.get("pen") * PIXELS;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = "black";
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * PIXELS + 0.1, stroke[0][1] * PIXELS); // no length, no ink: a dot needs a little
      for (const [x, y] of stroke) context.lineTo(x * PIXELS, y * PIXELS);
      context.stroke();
    }
    if (!strokes.length) {
      context.fillStyle = "#767676";
      context.font = `${PIXELS / 16}px sans-serif`;
      context.textAlign = "center";
      context.fillText("draw a digit here", PIXELS / 2, PIXELS / 2);
    }
    canvas.setAttribute(
      "aria-label",
      `Pad to draw a digit on with mouse, pen or finger; strokes drawn: ${strokes.length}. ` +
        "From the keyboard, choose from the list of drawings."
    );
  }

  function send() {
    frame = null;
    sent = copy(strokes);
    model.set("strokes", sent);
    model.save_changes();
  }

  function drawn() {
    paint();
    frame ??= requestAnimationFrame(send);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId); // a stroke that leaves the pad goes on, and ends wherever it ends
    pointer = event.pointerId;
    strokes.push([place(event)]);
    drawn();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    strokes.at(-1).push(place(event));
    drawn();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === pointer) pointer = null;
    });
  }

  function changed() {
    if (model.get("strokes") === sent) return;
    strokes = copy(model.get("strokes"));
    pointer = null;
    paint();
  }

  model.on("change:strokes", changed);
  paint();
  return () => model.off("change:strokes", changed);
}

function copy(strokes) {
  return strokes.filter((stroke) => stroke.length).map((stroke) => [...stroke]);
}

export default { render };
