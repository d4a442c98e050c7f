/** Keeps the page for visits without a network. Without service workers it just needs one. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const url = new URL('service-worker.js', document.baseURI);
  const register = () => navigator.serviceWorker.register(url).catch(() => undefined);
  // After the model, or the two would share the line on the first visit.
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register, { once: true });
}
