@echo off
rem Starts assetmap in the browser. The first start sets it up in the folder .venv beside this file; with a folder "wheels"
rem of packages beside it, that needs no network.
setlocal
rem pushd gives a folder on the network a letter; cd cannot.
pushd "%~dp0"
if exist ".venv\Scripts\python.exe" goto check

set "PY="
for %%P in ("py -3.13" "py -3.12" "py -3.11" "py -3" "python" "python3") do call :try %%P
if not defined PY (
    echo assetmap needs Python 3.11 or later, and this computer has none.
    echo Get it from https://www.python.org/downloads/ or the Microsoft Store, and start again.
    pause
    exit /b 1
)
echo Setting assetmap up. This takes a few minutes, once.
%PY% -m venv .venv
if errorlevel 1 (
    echo The folder .venv could not be made here. Move assetmap to a folder of your own, such as Documents, and start again.
    pause
    exit /b 1
)

:check
if exist ".venv\.app-ready" goto run
if exist "wheels" (
    ".venv\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --upgrade --no-index --find-links wheels assetmap[travel]
) else (
    ".venv\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check .[travel]
)
if errorlevel 1 (
    echo assetmap could not be set up. Check the network, or put a folder "wheels" with the packages beside this file,
    echo and start again.
    pause
    exit /b 1
)
type nul > ".venv\.app-ready"

:run
".venv\Scripts\python.exe" -m assetmap app %*
if errorlevel 1 (
    echo assetmap has stopped. The lines above say why.
    pause
)
exit /b

:try
if defined PY exit /b
%~1 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 set "PY=%~1"
exit /b
