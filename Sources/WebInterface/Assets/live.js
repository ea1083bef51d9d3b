// Keeps an open page true: numbers every two seconds, everything else when the site says that it changed.
'use strict';
(() => {
  const period = 2000, patience = 12000;
  let heard = performance.now(), asking = false;

  const silent = document.querySelector('.silent');
  const show = isOld => {
    if (isOld === !silent.hidden) return;
    if (isOld) silent.querySelector('time').textContent = new Date(Date.now() - (performance.now() - heard)).toLocaleTimeString();
    silent.hidden = !isOld;
    document.body.classList.toggle('old', isOld);
  };

  const put = values => {
    for (const [key, [text, state]] of Object.entries(values)) {
      for (const place of document.querySelectorAll(`[data-live="${CSS.escape(key)}"]`))
        if (place.textContent !== text) place.textContent = text;
      if (state) for (const place of document.querySelectorAll(`[data-live-state="${CSS.escape(key)}"]`)) place.dataset.state = state;
    }
  };

  // The page itself, parsed by the browser without running anything in it; what a person had opened stays open.
  const renew = revision => {
    // Not under somebody's hands: the next answer tries again.
    const hand = document.activeElement && document.activeElement.closest('main form');
    if (hand && document.activeElement.matches('input, select')) return;
    const request = new XMLHttpRequest();
    request.responseType = 'document';
    request.open('GET', location.href);
    request.onload = () => {
      const fresh = request.response && request.response.querySelector('main');
      if (!fresh || request.status !== 200) return;
      const open = new Set([...document.querySelectorAll('main details[open]')].map(name));
      const focused = document.activeElement && document.activeElement.closest('details');
      const focus = focused && name(focused);
      for (const kept of document.querySelectorAll('main [data-keep]')) {
        const place = fresh.querySelector('#' + kept.id);
        if (place) place.replaceWith(kept);
      }
      document.querySelector('main').replaceWith(document.adoptNode(fresh));
      for (const details of document.querySelectorAll('main details')) {
        if (open.has(name(details))) details.open = true;
        if (focus && name(details) === focus) details.querySelector('summary').focus();
      }
      document.body.dataset.revision = revision;
      document.dispatchEvent(new Event('renewed'));
    };
    request.send();
  };
  const name = details => details.dataset.key || details.querySelector('summary').textContent;

  const take = ({ revision, values }) => {
    heard = performance.now();
    put(values);
    if (revision !== document.body.dataset.revision) renew(revision);
  };

  // A stream while the page is seen; questions in its place where there is none.
  const pauses = [1000, 2000, 5000, 10000];
  let stream = null, failures = 0, waiting = 0;
  const listen = () => {
    if (stream || document.hidden || !window.EventSource) return;
    stream = new EventSource('/api/v1/stream');
    for (const name of ['snapshot', 'tick'])
      stream.addEventListener(name, event => { failures = 0; take(JSON.parse(event.data)); });
    stream.addEventListener('beat', () => { heard = performance.now(); });
    stream.onerror = () => {
      hangUp();
      waiting = setTimeout(listen, pauses[Math.min(failures++, pauses.length - 1)]);
    };
  };
  const hangUp = () => {
    clearTimeout(waiting);
    if (stream) stream.close();
    stream = null;
  };

  const ask = async () => {
    if (document.hidden || asking || stream && performance.now() - heard < 3 * period) return;
    asking = true;
    try {
      const answer = await fetch('/api/v1/live', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
      if (answer.ok) take(await answer.json());
    } catch { /* the banner says so when it lasts */ }
    asking = false;
  };
  setInterval(() => { ask(); show(performance.now() - heard > patience); }, period);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return hangUp();
    ask();
    listen();
  });
  listen();
})();
