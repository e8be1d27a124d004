/* 認定調書：大きすぎるファイルは、送る前に知らせます。判断はいつもサーバーがします。 */
(() => {
  'use strict';
  const el = document.querySelector('input[type=file][data-max]');
  el?.addEventListener('change', () => {
    const big = (el.files[0]?.size || 0) > Number(el.dataset.max);
    el.setCustomValidity(big ? 'ファイルが10MBを超えています。10MB以下のPDFを選んでください。' : '');
    if (big) el.reportValidity();
  });
  // 選んだだけで添付していないファイルを、申込で失わないように。
  document.getElementById('confirm')?.addEventListener('submit', event => {
    if (!el?.files.length) return;
    event.preventDefault();
    el.scrollIntoView({ block: 'center' });
    el.setCustomValidity('選んだファイルは、まだ添付していません。先に「添付する」を押してください。');
    el.reportValidity();
    el.setCustomValidity('');
  });
})();
