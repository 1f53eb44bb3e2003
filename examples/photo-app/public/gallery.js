// Adds progress and in-place updates to a page that also works without this file.

const upload = document.querySelector('form.upload');
const progress = upload.querySelector('progress');
const status = upload.querySelector('.status');
const submit = upload.querySelector('button');

upload.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = new FormData(upload);
  submit.disabled = true;
  progress.hidden = false;
  say('Uploading…');
  try {
    const photo = await send(form);
    upload.reset();
    await refresh();
    say(`“${photo.title}” was uploaded.`);
  } catch (error) {
    say(error.message, 'failed');
  } finally {
    submit.disabled = false;
    progress.hidden = true;
    progress.value = 0;
  }
});

document.addEventListener('submit', async (event) => {
  const form = event.target.closest('form.delete');
  if (!form) return;
  event.preventDefault();
  const title = form.closest('.card').querySelector('.title').textContent;
  if (!confirm(`Delete “${title}”? This cannot be undone.`)) return;
  const response = await fetch(form.action.replace(/\/delete$/, ''), { method: 'DELETE' }).catch(
    () => undefined,
  );
  if (response?.ok || response?.status === 404) {
    await refresh();
    say(`“${title}” was deleted.`);
    // The button that had the focus is gone: give the focus a place that makes sense.
    document.getElementById('gallery-heading').focus();
  } else {
    say(`“${title}” could not be deleted. Try again.`, 'failed');
  }
});

/** fetch() tells nothing about the progress of a request's body; XMLHttpRequest does. */
function send(form) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', upload.action);
    request.setRequestHeader('accept', 'application/json');
    request.responseType = 'json';
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    request.addEventListener('load', () => {
      if (request.status === 201) resolve(request.response);
      else reject(new Error(request.response?.error?.message ?? 'The upload failed. Try again.'));
    });
    request.addEventListener('error', () => reject(new Error('The connection was lost. Try again.')));
    request.send(form);
  });
}

/** The server draws the gallery in one place only; take it from there. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  document.getElementById('gallery').replaceWith(document.adoptNode(page.getElementById('gallery')));
}

function say(message, kind = '') {
  status.className = `status ${kind}`;
  status.textContent = message;
}
