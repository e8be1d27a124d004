// Runs inside the page: finds what a person would name. Kept free of imports.
(() => {
  const bare = text => text.replace(/\s+/g, '');
  const shown = e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    return box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && style.display !== 'none';
  };
  const own = e => {
    const copy = e.cloneNode(true);
    copy.querySelectorAll('input, select, textarea, .req, .opt').forEach(one => one.remove());
    return bare(copy.textContent);
  };
  const named = e => {
    const by = e.getAttribute('aria-labelledby');
    if (by) return bare(by.split(/\s+/).map(id => document.getElementById(id)?.textContent || '').join(''));
    if (e.getAttribute('aria-label')) return bare(e.getAttribute('aria-label'));
    if (e.labels?.length) return own(e.labels[0]);
    if (e.tagName === 'FIELDSET') return bare(e.querySelector('legend')?.textContent || '');
    return bare(e.textContent);
  };
  const find = (list, words) => {
    const wanted = bare(words), exact = list.filter(e => named(e) === wanted);
    // The smallest place of that name; a row of a table is named by its words.
    const places = exact.length ? exact : list.filter(e => (e.tagName === 'TR' ? bare(e.textContent) : named(e)).includes(wanted));
    return places.sort((a, b) => a.textContent.length - b.textContent.length)[0];
  };
  // Exactly this name first, then one that begins with it, then one that holds it.
  const best = (list, words) => {
    const wanted = bare(words);
    return list.find(e => named(e) === wanted) || list.find(e => named(e).startsWith(wanted)) || list.find(e => named(e).includes(wanted));
  };
  const GROUPS = '[role=group], [role=radiogroup], fieldset, section, form, dialog, nav, aside, table, tr';
  // 「outer/inner」 names a place within a place.
  const within = words => {
    let place = document;
    for (const one of (words || '').split('/').filter(Boolean)) {
      const found = find([...place.querySelectorAll(GROUPS)].filter(shown), one);
      if (!found) throw new Error(`no place is named 「${one}」`);
      place = found;
    }
    return place;
  };
  const pick = (place, selector, words) => {
    const list = [...within(place).querySelectorAll(selector)].filter(e => shown(e) || e.labels?.[0] && shown(e.labels[0]));
    const found = best(list, words);
    if (!found) throw new Error(`「${words}」 is not on this page${place ? ` within 「${place}」` : ''}; there is: ${list.map(named).join(' / ').slice(0, 600)}`);
    return found;
  };
  window.akashiFind = { pick, within, named, shown, bare };
})();
