// A cursor over a chart: the slot under it in figures and words, by mouse, finger and keyboard.
'use strict';
(() => {
  // Where the cursor stands, by the instant of its slot, so that it stays when the page renews itself.
  let chosen = null;
  // Why the plan in force is as it is: asked once for each plan, when somebody looks.
  let reasons = { plan: null, slots: null };

  const element = (name, text, parts = []) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...parts);
    return made;
  };

  const explain = async plan => {
    if (reasons.plan !== plan) {
      reasons = { plan, slots: null };
      try {
        const answer = await fetch('/api/v1/plan/explanation', { signal: AbortSignal.timeout(5000) });
        if (answer.ok) {
          const { plan: of, slots, currency } = await answer.json();
          if (String(of) === plan) reasons = { plan, currency, slots: new Map(slots.map(slot => [Date.parse(slot.start), slot])) };
        }
      } catch { /* the figures stand without it */ }
    }
    return reasons.slots;
  };

  const amount = value => `${value.toFixed(2)} ${reasons.currency}`;
  const change = (one, words) => one ? `${words} would ${one.cost < 0 ? 'save' : 'cost'} ${amount(Math.abs(one.cost))}` : `${words} is not possible`;
  const sentences = slot => [
    `One kWh more would cost ${amount(slot.marginal_price_per_kwh)}.`,
    ...slot.banks.map(bank =>
      `${bank.name}: ${slot.because[bank.name]}; ${change(bank.one_more, 'one more')}, ${change(bank.one_fewer, 'one fewer')}.`),
  ];

  const dress = figure => {
    const svg = figure.querySelector('svg'), line = svg.querySelector('.cursor'), box = figure.querySelector('.cursorbox');
    const slider = box.querySelector('input'), figures = box.querySelector('dl'), words = box.querySelector('p');
    const rows = [...figure.querySelectorAll('tbody tr')].map(row => ({
      start: Date.parse(row.dataset.start), left: Number(row.dataset.left), right: Number(row.dataset.right),
      isPlanned: row.dataset.kind === 'planned', cells: [...row.cells].map(cell => cell.textContent),
    }));
    const heads = [...figure.querySelectorAll('thead th')].map(head => head.textContent);
    if (!rows.length) return;

    const show = async index => {
      const row = rows[index];
      if (!row) return;
      chosen = row.start;
      slider.value = index;
      slider.setAttribute('aria-valuetext', row.cells[0]);
      const x = (row.left + row.right) / 2;
      for (const end of ['x1', 'x2']) line.setAttribute(end, x);
      figures.replaceChildren(...heads.map((head, at) => element('div', '', [element('dt', head), element('dd', row.cells[at])])));
      words.textContent = '';
      const slots = row.isPlanned ? await explain(figure.dataset.plan) : null;
      const slot = slots && slots.get(row.start);
      if (chosen === row.start && slot) words.textContent = sentences(slot).join(' ');
    };

    const at = event => {
      const { x } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return rows.findIndex(row => row.left <= x && x < row.right);
    };
    svg.addEventListener('pointermove', event => { if (event.pointerType === 'mouse') show(at(event)); });
    svg.addEventListener('click', event => show(at(event)));
    slider.addEventListener('input', () => show(Number(slider.value)));
    box.hidden = false;
    const kept = rows.findIndex(row => row.start === chosen);
    if (kept >= 0) show(kept);
  };

  const all = () => document.querySelectorAll('figure.chart[data-plan]').forEach(dress);
  document.addEventListener('renewed', all);
  all();
})();
