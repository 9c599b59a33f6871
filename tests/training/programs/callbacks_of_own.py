import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential, load_model
from keras.optimizers import SGD, Adam, RMSprop

r = np.random.RandomState(7)


def fill(m):
    s = np.random.RandomState(5)
    for layer in m.layers:
        layer.set_weights([s.uniform(0.1, 0.5, x.shape) for x in layer.get_weights()])


def show(name, value):
    print('RESULT', name, np.round(np.asarray(value, dtype='float64'), 4).tolist())


def tell(h):
    for key in sorted(h.history):
        show(key, h.history[key])


def weights(m):
    for layer in m.layers:
        for x in layer.get_weights():
            show('weights', x.ravel()[:4])


from keras.callbacks import Callback, EarlyStopping, LambdaCallback, LearningRateScheduler

class Logs(Callback):
    def on_train_begin(self, logs={}):
        self.batches, self.epochs, self.sizes = [], [], []
    def on_batch_end(self, batch, logs={}):
        self.batches.append(logs.get('acc'))
        self.sizes.append(logs['size'])
    def on_epoch_end(self, epoch, logs={}):
        self.epochs.append(logs.get('val_loss'))

X, y = r.uniform(-1, 1, (10, 4)), np.eye(3)[r.randint(0, 3, 10)]
m = Sequential([Dense(5, input_dim=4, activation='tanh'), Dense(3, activation='softmax')])
fill(m)
m.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
logs = Logs()
rate = LearningRateScheduler(lambda epoch: 0.01 / (epoch + 1))
stop = EarlyStopping(monitor='val_acc', patience=1)
h = m.fit(X, y, nb_epoch=6, batch_size=4, verbose=0, shuffle=False, validation_split=0.3, callbacks=[logs, rate, stop])
tell(h)
show('batches', logs.batches)
show('epochs', logs.epochs)
print('RESULT', logs.sizes)
print('RESULT', h.epoch)
weights(m)
