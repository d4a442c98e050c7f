/**
 * Keeps the page for visits without a network. Without service workers it just needs one.
 *
 * Settles once a first visit is kept, or cannot be: what is fetched from then on is kept too.
 */
export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // After the model, or the two would share the line on the first visit.
  if (document.readyState !== 'complete') {
    await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }));
  }
  const url = new URL('service-worker.js', document.baseURI);
  const registration = await navigator.serviceWorker.register(url).catch(() => null);
  const worker = registration?.installing ?? registration?.waiting ?? registration?.active;
  if (!worker || worker.state === 'activated') return;
  await new Promise<void>((resolve) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated' || worker.state === 'redundant') resolve();
    });
  });
}
