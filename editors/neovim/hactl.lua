-- hactl's language server in Neovim, from version 0.7 on: save this file as
-- ~/.config/nvim/plugin/hactl.lua. It needs no other plugin.
--
-- Arguments of hactl go into cmd: { "hactl", "lsp", "--var-file", "production.hcl" }.
local config = { name = "hactl", cmd = { "hactl", "lsp" } }

local client -- for Neovim 0.7, which has no vim.lsp.start

local function attach(buffer)
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  client = client or vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(buffer, client)
end

vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, {
  pattern = { "*.ha.hcl", "*.ha.json" },
  callback = function(event)
    vim.bo[event.buf].filetype = event.match:match("%.json$") and "json" or "hcl"
    vim.bo[event.buf].commentstring = "# %s"
    vim.bo[event.buf].omnifunc = "v:lua.vim.lsp.omnifunc" -- <C-x><C-o> completes
    attach(event.buf)
  end,
})
