// Recomputes the site's whole log from the text of its entries. Hashes are of the served text: parsing and writing it again
// would lose what JSON numbers cannot carry.
'use strict';
(() => {
  const section = document.getElementById('verification');
  const button = section.querySelector('button'), list = section.querySelector('ol'), state = section.querySelector('output');
  const pageSize = 512;

  // SHA-256 (FIPS 180-4) without the browser's own, which pages over plain http do not get.
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p)) primes.push(n);
  const fraction = x => Math.floor((x - Math.floor(x)) * 4294967296) | 0;
  const K = Int32Array.from(primes, p => fraction(Math.cbrt(p))), begin = primes.slice(0, 8).map(p => fraction(Math.sqrt(p)));
  const W = new Int32Array(64);
  const sha256 = bytes => {
    const length = bytes.length, padded = new Uint8Array(((length + 8 >> 6) + 1) << 6), view = new DataView(padded.buffer);
    padded.set(bytes);
    padded[length] = 0x80;
    view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
    view.setUint32(padded.length - 4, length << 3);
    const H = Int32Array.from(begin);
    for (let at = 0; at < padded.length; at += 64) {
      for (let i = 0; i < 16; i++) W[i] = view.getInt32(at + 4 * i);
      for (let i = 16; i < 64; i++) {
        const x = W[i - 15], y = W[i - 2];
        W[i] = W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
          + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
      }
      let [a, b, c, d, e, f, g, h] = H;
      for (let i = 0; i < 64; i++) {
        const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
        const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
        h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((value, i) => { H[i] += value; });
    }
    const digest = new Uint8Array(32), out = new DataView(digest.buffer);
    H.forEach((value, i) => out.setInt32(4 * i, value));
    return digest;
  };
  const utf8 = new TextEncoder();
  const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  const base64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };

  // Merkle tree of RFC 6962: complete subtrees from left to right.
  const leaf = data => sha256(joined([0], data)), node = (left, right) => sha256(joined([1], left, right));
  const add = (stack, digest) => {
    let level = 0;
    while (stack.length && stack[stack.length - 1].level === level) { digest = node(stack.pop().digest, digest); level++; }
    stack.push({ digest, level });
  };
  const root = stack => stack.map(part => part.digest).reduceRight((right, left) => node(left, right));

  class Wrong extends Error {}
  const demand = (holds, what) => { if (!holds) throw new Wrong(what); };
  const fetched = async path => {
    const answer = await fetch(path, { cache: 'no-store' });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
    return answer.json();
  };
  const say = (good, text) => {
    const item = document.createElement('li');
    item.dataset.state = good === true ? 'good' : good === false ? 'bad' : 'open';
    item.textContent = (good === true ? '✓ ' : good === false ? '✗ ' : '– ') + text;
    list.append(item);
  };

  const signature = async (log, body, lines) => {
    const [name, hint, ...rest] = log.key.split('+'), key = base64(rest.join('+'));
    const line = lines.split('\n').map(text => text.split(' ')).find(words => words[1] === name);
    demand(line, 'the checkpoint has no signature of this site');
    const blob = base64(line[2]);
    demand(hex(blob.slice(0, 4)) === hint, 'the checkpoint is signed by another key');
    let imported;
    try {
      imported = await crypto.subtle.importKey('raw', key.slice(1), { name: 'Ed25519' }, false, ['verify']);
    } catch {
      return say(null, 'signature not checked: this browser cannot, or the page came over plain http');
    }
    demand(await crypto.subtle.verify('Ed25519', imported, blob.slice(4), utf8.encode(body)), 'the signature is wrong');
    say(true, 'the checkpoint is signed by the key of this site');
  };

  const verify = async () => {
    const log = await fetched('/api/v1/log');
    demand(log.checkpoint && log.key, 'the log has no signed checkpoint yet');
    const end = log.checkpoint.indexOf('\n\n');
    const body = log.checkpoint.slice(0, end + 1), [origin, count, signed] = body.split('\n'), size = Number(count);
    demand(origin === log.key.split('+')[0] && Number.isSafeInteger(size) && size > 0, 'the checkpoint is not of this log');
    const place = `rigshift log ${origin}`, seen = JSON.parse(localStorage.getItem(place) || 'null');
    demand(!seen || seen.key === log.key, 'the site has another key than when this browser first saw it');
    demand(!seen || seen.size <= size, `the log had ${seen && seen.size} entries when this browser last saw it and has ${size}`);

    const stack = [];
    let previous = null, until = null, slots = 0, issued = '';
    for (let from = 1; from <= size; from += pageSize) {
      state.textContent = `${from - 1} of ${size} entries`;
      const rows = await fetched(`/api/v1/certificates?from=${from}&limit=${Math.min(pageSize, size - from + 1)}`);
      demand(rows.length === Math.min(pageSize, size - from + 1), `entry ${from + rows.length} is missing`);
      rows.forEach((row, index) => {
        const seq = from + index, data = utf8.encode(row.data_json), entry = JSON.parse(row.data_json);
        demand(row.seq === seq && entry.seq === seq, `entry ${seq} has another number`);
        demand(hex(sha256(data)) === row.payload_hash, `entry ${seq}: its data is not what was hashed`);
        demand(previous === null || row.prev_hash === previous, `entry ${seq} does not follow on the one before`);
        previous = hex(sha256(utf8.encode(`${seq}:${row.prev_hash}:${row.payload_hash}`)));
        demand(row.cert_hash === previous, `entry ${seq}: its hash is wrong`);
        if (entry.kind === 'interval') {
          demand(until === null || entry.slot_start === until, `entry ${seq}: the slot from ${until} is missing`);
          until = entry.slot_end;
          slots++;
        }
        add(stack, leaf(data));
        issued = entry.issued_at;
        if (seen && seen.size === seq)
          demand(hex(root(stack)) === seen.root, `the first ${seq} entries are not those this browser saw before`);
      });
    }
    state.textContent = '';
    say(true, `the data of all ${size} entries is what was hashed, and each follows on the one before`);
    say(true, `all ${slots} settlement slots are there`);
    demand(hex(root(stack)) === hex(base64(signed)), 'the tree over the entries is not the one that was signed');
    say(true, 'the tree over them is the one of the checkpoint');
    await signature(log, body, log.checkpoint.slice(end + 2));
    say(true, seen ? `it continues the log of ${seen.size} entries that this browser saw before`
      : 'this browser has not seen the log before; from now on it remembers it');
    say(null, `the newest entry was issued at ${issued}; the key is ${log.key}`);
    localStorage.setItem(place, JSON.stringify({ size, root: hex(root(stack)), key: log.key }));
  };

  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    list.replaceChildren();
    try {
      await verify();
      section.dataset.state = 'good';
    } catch (error) {
      section.dataset.state = 'bad';
      state.textContent = '';
      say(false, error instanceof Wrong ? error.message : `it could not be verified: ${error.message}`);
    }
    button.disabled = false;
  });
  if (location.hash === '#verify') button.click();
})();
