// A notebook's cell may be longer than a slide. What does not fit goes to a slide of its own below, before reveal.js
// starts; what is too large even alone (a wide table, a tall one) is shown smaller.
const WIDTH = 1280, HEIGHT = 720, SIDE = 60, BOTTOM = 30;

const leadsOn = block => /^H\d$/.test(block.tagName) || (block.tagName === "P" && block.textContent.trim().endsWith(":"));
const top = block => block.getBoundingClientRect().top - block.parentNode.getBoundingClientRect().top;
const fits = block => top(block) + block.getBoundingClientRect().height <= HEIGHT - BOTTOM;

// The blocks of a slide: paragraphs, lists, code, what it printed, pictures. The boxes around them are taken away.
function blocks(element) {
  return [...element.children].flatMap(child => child.matches("div:not(.highlight, .wide)") ? blocks(child) : [child]);
}

// A list's second half, taken out of it.
function secondHalf(list) {
  const rest = list.cloneNode(false), half = Math.ceil(list.children.length / 2);
  if (list.tagName === "OL") rest.start = list.start + half;
  rest.append(...[...list.children].slice(half));
  return rest;
}

// As large as the slide is wide; a picture not more than 1.6 times as large as it is on a page.
function widen(block) {
  const width = WIDTH - 2 * SIDE;
  if (block.tagName === "IMG") {
    block.width = block.naturalWidth * Math.min(1.6, width / block.naturalWidth, (HEIGHT - 80) / block.naturalHeight);
  } else {
    const widest = Math.max(...[block, ...block.querySelectorAll("pre, table")].map(part => part.scrollWidth));
    block.style.zoom = Math.min(1, width / widest);
  }
}

function shorten(block) {
  block.style.zoom = (block.style.zoom || 1) * (HEIGHT - BOTTOM - top(block)) / block.getBoundingClientRect().height;
}

function flow(slide) {
  const waiting = blocks(slide);
  slide.replaceChildren();
  while (waiting.length) {
    const block = waiting.shift(), before = slide.lastElementChild;
    slide.append(block);
    if (block.matches(".highlight, .wide, img")) widen(block);
    if (fits(block)) continue;
    const alone = !before || (leadsOn(before) && slide.children.length === 2);
    if (!alone) {
      waiting.unshift(...(leadsOn(before) ? [before, block] : [block]));
      waiting.forEach(later => later.remove());
      const next = document.createElement("section");
      slide.after(next);
      slide = next;
    } else if (block.matches("ul, ol") && block.children.length > 1) {
      waiting.unshift(block, secondHalf(block));
      block.remove();
    } else {
      shorten(block);
    }
  }
}

addEventListener("load", () => {
  const lecture = document.getElementById("lecture");
  document.querySelectorAll(".slides > section > section").forEach(flow);
  lecture.className = "reveal";
  Reveal.initialize({
    width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, slideNumber: "c/t", transition: "none",
  });
});
