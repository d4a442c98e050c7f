/** Put at the head of this file by precache-plugin.ts. */
declare const precache: { version: string; files: string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const cacheName = `speech-emotion-${precache.version}`;

worker.addEventListener('install', (event) => {
  event.waitUntil(fillCache().then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && url.startsWith(worker.registration.scope)) {
    event.respondWith(answer(event));
  }
});

/** Names of built files change with their content, so what the browser has may be taken from it. */
async function fillCache(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(
    precache.files.map((file) =>
      file.startsWith('assets/') ? file : new Request(file, { cache: 'reload' }),
    ),
  );
}

async function dropOldCaches(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith('speech-emotion-') && name !== cacheName) await caches.delete(name);
  }
}

/**
 * The page itself comes from the network where there is one, so that a new version is seen at once;
 * so does what the server marks as `no-cache`, such as a model under a name that says nothing of its
 * content. Everything else comes from the cache, and is kept when it was not in it yet.
 */
async function answer(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(cacheName);
  if (request.mode === 'navigate') {
    return fetch(request).catch(async () => (await cache.match('./')) ?? Response.error());
  }
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept && !kept.headers.get('cache-control')?.includes('no-cache')) return kept;
  try {
    const response = await fetch(request);
    // Not awaited, or whoever asked would see nothing of a large file before it is all there.
    if (response.ok && response.type === 'basic') {
      event.waitUntil(cache.put(request, response.clone()).catch(() => undefined));
    }
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
