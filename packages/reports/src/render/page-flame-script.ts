/** The part of the report page's script that draws the flame. A click on a part makes it the whole; on the whole, goes back. */
export const PAGE_FLAME_SCRIPT = `
function flame(whole) {
  const path = [whole];
  const draw = () => {
    const root = path.at(-1); const parts = []; let deepest = 0;
    const place = (node, from, depth) => {
      const width = node.ms / root.ms; deepest = Math.max(deepest, depth);
      const part = make('button', node.red ? 'flame bad' : 'flame', node.name);
      part.type = 'button'; part.title = node.name + ', ' + time(node.ms) + ', ' + (100 * node.ms / whole.ms).toFixed(1) + ' % of all';
      part.style.left = 100 * from + '%'; part.style.width = 100 * width + '%'; part.style.top = 1.5 * depth + 'rem';
      part.onclick = () => { if (node !== root) path.push(node); else if (path.length > 1) path.pop(); draw(); };
      parts.push(part);
      for (const child of node.children) { if (child.ms / root.ms < 0.001) break; place(child, from, depth + 1); from += child.ms / root.ms; }
    };
    place(root, 0, 0);
    $('flame').replaceChildren(...parts); $('flame').style.height = 1.5 * (deepest + 1) + 'rem';
    $('flame-at').textContent = path.length === 1 ? 'A click on a part makes it the whole.' : path.map((node) => node.name).join(' \\u203a ') + ': ' + time(root.ms) + '. A click on the top goes back.';
  };
  if (whole.ms > 0) draw(); else $('flame-at').textContent = 'No test took any time.';
}
flame(data.flame);
`;
