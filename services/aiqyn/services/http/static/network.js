// The graph of the network page. The table beneath says the same; without this script nothing is lost.
(() => {
  "use strict";
  const box = document.getElementById("graph");
  if (!box || typeof cytoscape !== "function") return;
  const said = document.getElementById("graph-said");
  const open = document.getElementById("graph-open");
  const most = Number(box.dataset.most);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const shapes = { person: "round-rectangle", company: "rectangle", body: "cut-rectangle" };
  const face = getComputedStyle(document.documentElement).fontFamily;
  const lines = (label) => Math.min(4, Math.max(1, Math.ceil(label.length / 20)));
  const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;
  const mark = (c) => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
  const visible = (text) => text.replace(hidden, mark);
  let left = 0;

  const style = () => [
    { selector: "node", style: {
      label: "data(label)", shape: "data(shape)", "background-color": colour("--bg"), "border-color": colour("--edge"),
      "border-width": 1.5, color: colour("--ink"), "font-family": face, "font-size": 12, "text-wrap": "wrap",
      "text-max-width": 146, "text-valign": "center", width: 164, height: "data(height)", "corner-radius": 12 } },
    { selector: "node[kind = 'person']", style: { "border-color": colour("--priv") } },
    { selector: "node[kind = 'body']", style: { "border-color": colour("--duty") } },
    { selector: "node[?start]", style: { "border-width": 3, "border-color": colour("--ink"), "font-weight": "bold" } },
    { selector: "node:selected", style: { "background-color": colour("--mark"), "border-color": colour("--focus") } },
    { selector: "edge", style: {
      label: "data(label)", "font-family": face, "font-size": 11, color: colour("--ink2"), "text-wrap": "wrap",
      "text-max-width": 110, "line-color": colour("--edge"), width: 1.5, "target-arrow-shape": "triangle",
      "target-arrow-color": colour("--edge"), "curve-style": "bezier", "text-background-color": colour("--bg"),
      "text-background-opacity": 1, "text-background-padding": 2 } },
    { selector: "edge[?maybe]", style: { "line-style": "dashed" } },
  ];
  const graph = cytoscape({ container: box, style: style(), elements: [], minZoom: 0.2, maxZoom: 3 });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graph.style(style()));

  const add = (found) => {
    left += found.omitted;
    for (const node of found.nodes) {
      if (graph.getElementById(node.id).nonempty()) continue;
      if (graph.nodes().length >= most) { left += 1; continue; }
      const label = node.name ? visible(node.name) : box.dataset.masked;
      graph.add({ group: "nodes", data: {
        id: node.id, label, kind: node.kind, shape: shapes[node.kind] || "rectangle",
        height: 20 + 16 * lines(label), start: node.id === box.dataset.start } });
    }
    for (const edge of found.edges) {
      const id = [edge.kind, edge.from, edge.to, edge.event.source, edge.event.id, edge.valid.join()].join("|");
      const ends = [edge.from, edge.to].every((end) => graph.getElementById(end).nonempty());
      if (!ends || graph.getElementById(id).nonempty()) continue;
      graph.add({ group: "edges", data: {
        id, source: edge.from, target: edge.to, label: edge.label, maybe: edge.certainty === "possible" } });
    }
    const many = graph.nodes().length > 150;
    const layout = many
      ? { name: "concentric", animate: false, concentric: (node) => node.degree(), minNodeSpacing: 40 }
      : { name: "breadthfirst", animate: false, roots: [box.dataset.start], spacingFactor: 1, avoidOverlap: true,
          transform: (_, at) => ({ x: -at.y * 1.7, y: at.x * 0.55 }) };  // the start to the right, as in the pictures
    graph.layout(layout).run();
    graph.fit(undefined, 30);
    if (graph.zoom() > 1.2) { graph.zoom(1.2); graph.center(); }
    if (left) said.textContent = box.dataset.left.replace("{count}", left);
    box.dataset.nodes = graph.nodes().length;
  };
  const load = (address) =>
    fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))));

  graph.on("select", "node", (event) => {
    const id = event.target.id();
    open.href = `/entities/${encodeURIComponent(id)}?lang=${box.dataset.lang}`;
    open.hidden = false;
  });
  graph.on("tap", "node", (event) => {
    const id = encodeURIComponent(event.target.id());
    const day = box.dataset.day ? `&validAt=${box.dataset.day}` : "";
    load(`/network/${id}/near.json?hops=1&lang=${box.dataset.lang}${day}`).then(add, () => {});
  });
  box.hidden = false;
  document.getElementById("graph-tools").hidden = false;
  graph.resize();
  load(box.dataset.near).then(add, () => { box.hidden = true; });
})();
