import type { Photo } from '../photo.ts';

/** The page works without its script; the script adds progress and stays on the page. */
export function galleryPage(
  photos: readonly Photo[],
  options: { older: string | undefined; maxUploadBytes: number },
): string {
  const limit = Math.max(1, Math.floor(options.maxUploadBytes / 1024 ** 2));
  const main = `
<form class="upload" method="post" action="/photos" enctype="multipart/form-data" aria-labelledby="upload-heading">
  <h2 id="upload-heading">Share a photo</h2>
  <p><label for="photo">Picture <span class="hint">JPEG, PNG, WebP or GIF, at most ${limit} MiB</span></label>
  <input id="photo" name="photo" type="file" accept="image/jpeg,image/png,image/webp,image/gif" required></p>
  <p><label for="title">Title <span class="hint">optional</span></label>
  <input id="title" name="title" type="text" maxlength="120" autocomplete="off"></p>
  <p><button type="submit">Upload</button></p>
  <progress class="progress" max="1" value="0" aria-label="Upload progress" hidden></progress>
  <p class="status" role="status" aria-live="polite"></p>
</form>
<section id="gallery" aria-labelledby="gallery-heading">
  <h2 id="gallery-heading" tabindex="-1">Photos</h2>
  ${photos.length > 0 ? `<ul class="photos">${photos.map(card).join('')}</ul>` : '<p class="empty">No photos yet. Yours could be the first.</p>'}
  ${options.older ? `<p><a class="older" href="/?before=${escapeHtml(options.older)}">Older photos</a></p>` : ''}
</section>`;
  return layout('Photos', main, '<script src="/assets/gallery.js" type="module"></script>');
}

/** For a visitor without script whose form was refused. */
export function refusalPage(message: string): string {
  return layout(
    'That did not work',
    `<section class="upload"><h2>That did not work</h2><p role="alert">${escapeHtml(message)}</p><p><a href="/">Back to the photos</a></p></section>`,
  );
}

function card(photo: Photo): string {
  const title = escapeHtml(photo.title);
  const date = photo.createdAt.slice(0, 10);
  return `
<li class="card">
  <a href="/photos/${photo.id}/original"><img src="/photos/${photo.id}/thumbnail" alt="${title}" width="${photo.width}" height="${photo.height}" loading="lazy" decoding="async"></a>
  <p class="caption"><span class="title">${title}</span> <time datetime="${photo.createdAt}">${date}</time></p>
  <form class="delete" method="post" action="/photos/${photo.id}/delete"><button type="submit" aria-label="Delete ${title}">Delete</button></form>
</li>`;
}

function layout(title: string, main: string, end = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Photo app</title>
<link rel="stylesheet" href="/assets/style.css">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
</head>
<body>
<header><h1><a href="/">Photo app</a></h1></header>
<main>${main}
</main>
${end}
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
